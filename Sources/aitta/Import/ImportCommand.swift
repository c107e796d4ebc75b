import ArgumentParser
import StrictJSON
import VaultClient

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Create records from a CSV file or from JSON lines.",
        discussion: """
            A row goes in whole or not at all. Rows that do not go in are written to \
            FILE.rejected, each with its line and reason. An interrupted import goes on where it \
            was when the same command is given again.
            """)

    @OptionGroup var options: GlobalOptions

    @Option(
        help: ArgumentHelp(
            "Which column becomes which field; needed for CSV.", valueName: "file"))
    var map: String?

    @Flag(help: "Check every row and write nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Rows sent together, 1 to 1000.", valueName: "rows"))
    var batch = 400

    @Argument(help: "FILE.csv or FILE.jsonl")
    var file: String

    func validate() throws {
        guard 1...1000 ~= batch else { throw ValidationError("--batch takes 1 to 1000 rows") }
    }

    func run() async throws {
        let input = try ImportInput(path: file, mapPath: map)
        Interruption.watch()
        // One client to see that there is a vault, which fails at once where there is none, and
        // one that waits for a while for a daemon that is restarted under it.
        try await options.withVault(to: "see the vault's public keys") { vault in
            let keys = try await vault.publicKeys()
            guard let id = keys["vault"]?.text, let epoch = keys["epoch"]?.count else {
                throw VaultClientError.unexpectedAnswer(status: 200)
            }
            var configuration = VaultClientConfiguration(socketPath: options.socketPath)
            configuration.attempts = 8
            configuration.retriesUnreachable = true
            let patient = VaultClient(configuration, purpose: options.effectivePurpose)
            let session = ImportSession(
                input: input, vault: patient, vaultID: id, epoch: epoch, isDryRun: dryRun,
                rowsPerBatch: batch)
            let outcome: Result<ImportSummary, any Error>
            do {
                outcome = .success(try await session.run())
            } catch let error as VaultClientError {
                let failure = options.failure(error, action: "create records")
                outcome = .failure(session.explain(failure))
            } catch {
                outcome = .failure(error)
            }
            try? await patient.shutDown()
            try outcome.get().print(asJSON: options.json)
        }
    }
}
