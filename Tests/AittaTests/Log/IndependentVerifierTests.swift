import Foundation
import StrictJSON
import Testing
import Verification

@testable import aitta

/// `Tests/Independent/verify_log.py`, which shares no code with the vault, and this command line agree
/// about logs that each of them makes. The transcript log-export.txt has the other direction.
@Suite(.serialized) struct IndependentVerifierTests {
    private static let script = Repository.root + "/Tests/Independent/verify_log.py"

    /// Where python3 is; nil, and said so, where it is not.
    private static var python: String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        let found = path.split(separator: ":").map { $0 + "/python3" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        if found == nil { print("SKIPPED the independent verifier: there is no python3") }
        return found
    }

    private func run(_ arguments: [String]) throws -> (output: String, status: Int32)? {
        guard let python = Self.python else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [Self.script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    @Test func passesItsOwnTest() throws {
        guard let result = try run(["--self-test"]) else { return }
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("checks passed"))
    }

    @Test func agreesAboutExports() throws {
        let log = try LogFixture(count: 300)
        let scratch = try ScratchDirectory()
        let kept = try scratch.write(log.stated(log.head(257))["note"]?.text ?? "", to: "kept")
        func check(_ items: [JSONValue]) throws -> (output: String, status: Int32)? {
            let lines = [try log.stated()] + items
            let text = lines.map { String(decoding: $0.encoded(), as: UTF8.self) + "\n" }
            let file = try scratch.write(text.joined(), to: "log.jsonl")
            return try run([file, "--key", log.verifier.text, "--checkpoint", kept])
        }
        guard let good = try check(log.items) else { return }
        #expect(good.output == "good: aitta/\(LogFixture.vault), 300 entries\n")
        #expect(good.status == 0)
        var altered = log.items
        altered[98] = log.damaged(99, bytes: LogFixture.entry(5))
        #expect(try check(altered)?.output.hasPrefix("entry 99: damaged") == true)
        altered = log.items
        altered.remove(at: 98)
        #expect(try check(altered)?.output.hasPrefix("entry 99: missing") == true)
        let short = try check(log.items.dropLast())
        #expect(short?.status == 1)
        #expect(short?.output.hasPrefix("truncated: the log ends at entry 299") == true)
        altered = log.items
        altered[279] = log.item(280, [JSONMember("leafHash", log.hash(281).value)])
        #expect(try check(altered)?.output.hasPrefix("entry 280: damaged") == true)
    }
}
