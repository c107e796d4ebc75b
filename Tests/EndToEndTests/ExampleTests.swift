import Foundation
import Testing

extension EndToEnd {
    /// The examples run as they stand, against a daemon.
    @Suite struct ExampleTests {
        @Test(arguments: ["curl.sh", "python.py"])
        func runs(example: String) throws {
            try Self.run(example)
        }

        @Test(.needs("php")) func phpRuns() throws {
            #expect(try Self.run("php.php").contains(#"{"match":true}"#))
        }

        @Test(.needs("node")) func nodeRuns() throws {
            #expect(try Self.run("node.mjs").contains(#"{"match":true}"#))
        }

        /// Without a daemon, or where one refuses, they fail.
        @Test(arguments: ["curl.sh", "python.py"])
        func failsWithoutADaemon(example: String) throws {
            try Self.runWithoutADaemon(example)
        }

        @Test(.needs("php")) func phpFailsWithoutADaemon() throws {
            try Self.runWithoutADaemon("php.php")
        }

        @Test(.needs("node")) func nodeFailsWithoutADaemon() throws {
            try Self.runWithoutADaemon("node.mjs")
        }

        @discardableResult
        private static func run(_ example: String) throws -> String {
            let vault = try TestVault()
            try vault.start()
            let run = try Command.run(
                [Programs.repository + "/examples/" + example],
                environment: ["AITTA_SOCKET": vault.socket])
            #expect(run.status == 0, "\(run.output)\n\(run.error)")
            #expect(run.output.contains("Korhonen"))
            #expect(run.output.contains("erased"))
            // It cleans up behind itself, so it can be run again.
            #expect(try vault.liveRecords() == [])
            return run.output
        }

        private static func runWithoutADaemon(_ example: String) throws {
            let run = try Command.run(
                [Programs.repository + "/examples/" + example],
                environment: ["AITTA_SOCKET": "/nonexistent/aitta.sock"])
            #expect(run.status != 0)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Only where a program is in PATH; `tools/prerequisites test` installs those that tests need.
    fileprivate static func needs(_ program: String) -> Self {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let isThere = path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
        if !isThere { print("SKIPPED: an example that needs \(program)") }
        return .enabled(if: isThere, "needs \(program)")
    }
}
