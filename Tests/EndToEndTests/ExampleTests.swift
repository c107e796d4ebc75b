import Testing

extension EndToEnd {
    /// The examples run as they stand, against a daemon.
    @Suite struct ExampleTests {
        @Test(arguments: ["curl.sh", "python.py"])
        func runs(example: String) throws {
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
        }

        /// Without a daemon, or where one refuses, they fail.
        @Test(arguments: ["curl.sh", "python.py"])
        func failsWithoutADaemon(example: String) throws {
            let run = try Command.run(
                [Programs.repository + "/examples/" + example],
                environment: ["AITTA_SOCKET": "/nonexistent/aitta.sock"])
            #expect(run.status != 0)
        }
    }
}
