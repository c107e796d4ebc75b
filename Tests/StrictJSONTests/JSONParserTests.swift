import StrictJSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("null", JSONValue.null), ("true", .bool(true)), (" false\n", .bool(false)),
        ("0", .number("0")), ("-0", .number("-0")), ("10.50", .number("10.50")),
        ("1e5", .number("1e5")), ("-1.5E+10", .number("-1.5E+10")), ("\"\"", .string("")),
        ("\"ä\\u00e4\\n\\/\\\"\\\\\"", .string("ää\n/\"\\")),
        ("\"\\ud83d\\ude00\"", .string("😀")), ("\"😀\"", .string("😀")),
        ("[]", .array([])), ("[1, \"a\",null]", .array([.number("1"), .string("a"), .null])),
        ("{}", .object([])),
        (
            "{ \"b\" : 1 ,\"a\":{\"\":[ ]}}",
            .object([
                JSONMember("b", .number("1")),
                JSONMember("a", .object([JSONMember("", .array([]))])),
            ])
        ),
    ])
    func accepts(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        ("", JSONError.Rule.syntax, 0), ("  ", .syntax, 2), ("nul", .syntax, 0),
        ("nulll", .syntax, 4), ("True", .syntax, 0), ("'a'", .syntax, 0), ("\"a", .syntax, 2),
        ("\"a\" x", .syntax, 4), ("[1,]", .syntax, 3), ("[1 2]", .syntax, 3), ("[", .syntax, 1),
        ("{\"a\"}", .syntax, 4), ("{\"a\":}", .syntax, 5), ("{\"a\":1,}", .syntax, 7),
        ("{a:1}", .syntax, 1), ("{,}", .syntax, 1), ("[1]]", .syntax, 3), ("// c\n1", .syntax, 0),
        ("NaN", .syntax, 0), ("+1", .syntax, 0), (".5", .syntax, 0),
        ("01", .number, 0), ("-", .number, 0), ("-a", .number, 0), ("1.", .number, 0),
        ("1.e5", .number, 0), ("1e", .number, 0), ("1e+", .number, 0), ("-01", .number, 0),
        (String(repeating: "1", count: 65), .number, 0),
        ("\"\\x\"", .syntax, 1), ("\"\\u12g4\"", .syntax, 1), ("\"\\u12", .syntax, 1),
        ("\"\\", .syntax, 1),
        ("\"\\ud800\"", .surrogate, 1), ("\"\\udc00\"", .surrogate, 1),
        ("\"\\ud800\\u0041\"", .surrogate, 1), ("\"\\ud800x\"", .surrogate, 1),
        ("\"\\udc00\\ud800\"", .surrogate, 1),
        ("\"\\u0000\"", .nul, 1), ("\"a\u{0}\"", .controlCharacter, 2),
        ("\"a\nb\"", .controlCharacter, 2), ("\"\\t\u{1F}\"", .controlCharacter, 3),
        ("\u{FEFF}1", .byteOrderMark, 0),
        ("{\"a\":1,\"a\":2}", .duplicateMember, 7),
        ("{\"a\":1,\"\\u0061\":2}", .duplicateMember, 7),
        ("{\"\u{E4}\":1,\"a\u{308}\":2}", .duplicateMember, 8),
    ])
    func refuses(_ text: String, _ rule: JSONError.Rule, _ offset: Int) {
        #expect(throws: JSONError(rule, offset: offset)) {
            try JSONParser.parse(Array(text.utf8))
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError(.utf8, offset: 1)) {
            try JSONParser.parse([quote] + bytes + [quote])
        }
        #expect(throws: JSONError(.utf8, offset: 1)) {
            try JSONParser.parse([quote] + "\\n".utf8 + bytes + [quote])
        }
    }

    @Test func limitsDepth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[{\"a\":", count: depth / 2) + "1"
                    + String(repeating: "}]", count: depth / 2)).utf8)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(32)) }
        #expect(throws: JSONError(.depth, offset: 96)) { try JSONParser.parse(nested(34)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(2_000)) }
    }

    @Test func limitsBytes() {
        let limits = JSONLimits(maximumBytes: 4)
        #expect(throws: Never.self) { try JSONParser.parse(Array("null".utf8), limits: limits) }
        #expect(throws: JSONError(.size)) {
            try JSONParser.parse(Array("null ".utf8), limits: limits)
        }
    }

    @Test func limitsElements() {
        let limits = JSONLimits(maximumElements: 3)
        #expect(throws: Never.self) {
            try JSONParser.parse(Array("[1,{\"a\":2}]".utf8), limits: limits)
        }
        #expect(throws: JSONError.self) {
            try JSONParser.parse(Array("[1,{\"a\":2},3]".utf8), limits: limits)
        }
    }

    @Test func findsDuplicatesInLargeObjects() {
        let members = (0..<500).map { "\"m\($0)\":0" }
        #expect(throws: Never.self) {
            try JSONParser.parse(Array("{\(members.joined(separator: ","))}".utf8))
        }
        for duplicate in ["\"m0\":1", "\"m13\":1", "\"m499\":1"] {
            let error = #expect(throws: JSONError.self) {
                try JSONParser.parse(
                    Array("{\((members + [duplicate]).joined(separator: ","))}".utf8))
            }
            #expect(error?.rule == .duplicateMember)
        }
    }

    @Test func readsSlices() throws {
        #expect(try JSONParser.parse(Array("xx[1]yy".utf8)[2..<5]) == .array([.number("1")]))
    }

    @Test func errorsHoldNoContent() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse(Array("{\"secret\":\"131052-308T\",\"secret\":1}".utf8))
        }
        #expect(error.map { "\($0)" } == "JSON: duplicate-member at byte 24")
    }
}
