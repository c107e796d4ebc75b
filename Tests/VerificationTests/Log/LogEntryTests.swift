import Cryptography
import StrictJSON
import Testing
import Verification

@Suite struct LogEntryTests {
    @Test(arguments: UInt8(0)...255)
    func everyPartReadsBack(parts: UInt8) throws {
        let bytes = EntryBytes.with(parts: parts)
        let entry = try #require(LogEntry(bytes.encoded))
        #expect(entry.milliseconds == bytes.milliseconds)
        #expect(entry.uid == bytes.uid)
        #expect(entry.pid == bytes.pid)
        #expect(entry.operation == bytes.operation)
        #expect(entry.outcome == bytes.outcome)
        #expect(entry.requestID == bytes.requestID)
        #expect(entry.user == bytes.user)
        #expect(entry.purpose == bytes.purpose)
        let record = bytes.record.map { _ in "01020304-0506-0708-090a-0b0c0d0e0f10" }
        #expect(entry.record == record)
        #expect(entry.generation == bytes.generation)
        #expect(entry.reason == bytes.reason)
        #expect(entry.count == bytes.count)
        #expect(entry.digest?.bytes == bytes.digest)
        #expect(entry.token == bytes.token)
        #expect(entry.fields == bytes.fields)
    }

    @Test(arguments: [0, 0xFF] as [UInt8])
    func nothingLessAndNothingMoreIsTaken(parts: UInt8) {
        let bytes = EntryBytes.with(parts: parts).encoded
        for count in bytes.indices { #expect(LogEntry(Array(bytes[..<count])) == nil, "\(count)") }
        #expect(LogEntry(bytes + [0]) == nil)
        #expect(LogEntry([UInt8](repeating: 1, count: LogEntry.maximumBytes + 1)) == nil)
    }

    @Test func otherFormatsAreRefused() {
        #expect(LogEntry(EntryBytes(format: 0).encoded) == nil)
        #expect(LogEntry(EntryBytes(format: 2).encoded) == nil)
        #expect(LogEntry(EntryBytes(user: nil, purpose: nil, parts: 0x80).encoded) == nil)
        var bytes = EntryBytes(operation: "erase").encoded
        bytes[19] = 0xFF
        #expect(LogEntry(bytes) == nil, "text that is not UTF-8")
    }

    @Test func whatIsShownMustBeWhatTheBytesSay() throws {
        let bytes = EntryBytes(
            record: [UInt8](repeating: 0xAB, count: 16), count: 3, fields: ["name"])
        let entry = try #require(LogEntry(bytes.encoded))
        let text = #"""
            {"number":7,"leaf":"…","t":"2026-11-18T11:06:40.123Z","uid":1000,"user":"aino",
             "pid":4711,"purpose":"data-subject-rights","op":"erase",
             "record":"abababab-abab-abab-abab-abababababab","fields":["name"],"outcome":"ok",
             "count":3,"request":"r-1","later":true}
            """#
        let members = try #require(JSONParser.parse(Array(text.utf8)).members)
        #expect(entry.contradiction(in: .object(members)) == nil)
        #expect(entry.contradiction(in: .object([])) == nil)
        for (place, member) in members.enumerated()
        where !["number", "leaf", "later"].contains(member.name) {
            var altered = members
            altered[place] = JSONMember(member.name, .string("other"))
            #expect(entry.contradiction(in: .object(altered)) == member.name)
        }
        let more = members + [JSONMember("reason", .string("x"))]
        #expect(entry.contradiction(in: .object(more)) == "reason")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
        (4_107_542_399_001, "2100-02-28T23:59:59.001Z"),
        (-86_400_000, "1969-12-31T00:00:00.000Z"),
    ])
    func timesAreRFC3339(milliseconds: Int64, text: String) throws {
        let entry = try #require(LogEntry(EntryBytes(milliseconds: milliseconds).encoded))
        let shown = { JSONValue.object([JSONMember("t", .string($0))]) }
        #expect(entry.contradiction(in: shown(text)) == nil)
        #expect(entry.contradiction(in: shown("2026-01-01T00:00:00.000Z")) == "t")
    }
}
