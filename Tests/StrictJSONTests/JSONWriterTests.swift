import StrictJSON
import Testing

@Suite struct JSONWriterTests {
    @Test func writesCommasAndMembers() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("text", "a\"b")
        writer.member("nothing", ifPresent: nil)
        writer.member("number", UInt64.max)
        writer.member("flag", true)
        writer.member("fragment", fragment: Array("[1]".utf8)[...])
        writer.name("list")
        writer.beginArray()
        writer.string(",")
        writer.beginArray()
        writer.endArray()
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.integer(-1)
        writer.bool(false)
        writer.endArray()
        writer.member("value", .object([JSONMember("a", .number("1.50"))]))
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"text":"a\"b","number":18446744073709551615,"flag":true,"fragment":[1],"#
                + #""list":[",",[],null,{},-1,false],"value":{"a":1.50}}"#)
    }

    @Test func escapesWhatMustBe() {
        var bytes: [UInt8] = []
        JSONWriter.appendEscaped("a\"\\/\u{8}\t\n\u{C}\r\u{1}\u{1F}\u{7F}ä😀", to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #""a\"\\/\b\t\n\f\r\u0001\u001f"# + "\u{7F}ä😀\"")
    }

    /// The order is that of RFC 8785 section 3.2.3: by UTF-16, not by scalar.
    @Test func sortsMembersByUTF16() throws {
        let names = ["\u{20AC}", "\r", "\u{FB33}", "1", "\u{1F600}", "\u{80}", "\u{F6}"]
        let value = JSONValue.object(names.map { JSONMember($0, .null) })
        let sorted = try JSONParser.parse(value.canonicalBytes()).members?.map(\.name)
        #expect(
            sorted == ["\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"])
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-17", "-17"), ("9007199254740991", "9007199254740991"),
    ])
    func canonicalIntegers(_ literal: String, _ canonical: String) throws {
        #expect(try JSONValue.number(literal).canonicalBytes() == Array(canonical.utf8))
    }

    @Test(arguments: [
        "1.0", "1e2", "9007199254740992", "-9007199254740992", "99999999999999999999",
    ])
    func refusesOtherNumbersInCanonicalForm(_ literal: String) {
        #expect(throws: JSONError(.number)) { try JSONValue.number(literal).canonicalBytes() }
    }

    @Test func refusesDuplicatesInCanonicalForm() {
        let value = JSONValue.object([JSONMember("a", .null), JSONMember("a", .null)])
        #expect(throws: JSONError(.duplicateMember)) { try value.canonicalBytes() }
    }

    @Test func escapesPointers() {
        #expect(JSONPointer.escape("a~b/c~1") == "a~0b~1c~01")
        #expect(JSONPointer.to("fields", "a/b", "") == "/fields/a~1b/")
        #expect(JSONPointer.to() == "")
    }

    @Test func looksMembersUp() {
        let value = JSONValue.object([JSONMember("a", .number("7")), JSONMember("b", .bool(true))])
        #expect(value["a"]?.integer == 7)
        #expect(value["b"]?.flag == true)
        #expect(value["c"] == nil)
        #expect(JSONValue.number("1.5").integer == nil)
    }
}
