import Logging
import StrictJSON
import Testing

@Suite struct JSONLogHandlerTests {
    @Test func `a message is one line of JSON with level, time and metadata`() throws {
        let log = LogRecorder()
        log.logger.warning("two\nlines \"quoted\"", metadata: ["requestId": "a-1"])
        #expect(log.text.last == "\n")
        #expect(log.text.filter { $0 == "\n" }.count == 1)
        let json = try JSONParser.parse(Array(log.text.dropLast().utf8))
        #expect(json["level"]?.text == "warning")
        #expect(json["message"]?.text == "two\nlines \"quoted\"")
        #expect(json["requestId"]?.text == "a-1")
        let time = try #require(json["time"]?.text)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }
}
