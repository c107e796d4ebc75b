import StrictJSON
import Testing
import VaultAPI
import VaultClient

@Suite struct ProblemTests {
    @Test(arguments: ErrorCode.allCases)
    func roundTrips(code: ErrorCode) throws {
        var problem = Problem(
            code, detail: "d",
            violations: [
                Violation(pointer: "/a", rule: "r"), Violation(.header("h"), rule: "r"),
                Violation(.parameter("p"), rule: "r"),
            ], requestID: "q")
        problem.field = "f"
        problem.existing = "e"
        problem.version = 7
        problem.rule = "syntax"
        problem.offset = 3
        let json = try JSONParser.parse(problem.encoded())
        #expect(Problem(json) == problem)
        #expect(json["type"]?.text == code.type)
        #expect(json["status"]?.integer == Int64(code.status))
        #expect(!code.title.isEmpty)
    }

    @Test func takesCodesThatItDoesNotKnow() throws {
        let json = try JSONParser.parse(
            Array(#"{"code":"new_one","status":418,"more":1}"#.utf8))
        let problem = try #require(Problem(json))
        #expect(problem.knownCode == nil)
        #expect(problem.status == 418)
        #expect(problem.title == "new_one")
        #expect(Problem(.object([])) == nil)
    }

    @Test func makesUUIDs() {
        let key = IdempotencyKey()
        let text = Array(key.text)
        #expect(text.count == 36)
        #expect(text[14] == "4")
        #expect("89ab".contains(text[19]))
        #expect(IdempotencyKey(key.text) == key)
        #expect(IdempotencyKey() != key)
        for wrong in ["", "x", key.text.uppercased() + "A", key.text + "0"] {
            #expect(IdempotencyKey(wrong) == nil)
        }
    }
}
