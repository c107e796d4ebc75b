import Testing

extension EndToEnd {
    /// docs/OPERATIONS.md: its commands are run as they stand there.
    @Suite struct OperationsTests {
        @Test(.needsRoot) func everyCommandOfTheDocumentRuns() throws {
            let run = try Command.run(
                [
                    "/usr/bin/env", "python3", Programs.repository + "/Tests/Operations/run.py",
                    Programs.directory,
                ], atMostSeconds: 300)
            #expect(run.status == 0, "\(run.output) \(run.error)")
        }
    }
}
