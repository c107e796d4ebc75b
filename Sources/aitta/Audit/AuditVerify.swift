import ArgumentParser
import VaultClient
import Verification

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify that no entry of the audit log was altered.",
        discussion: """
            Reads the whole log, computes its tree and compares it with the signed checkpoint, and \
            with every earlier checkpoint that is given: whoever could sign in the log's name can \
            alter what no one has kept a checkpoint of. Exit code 0 if all agrees, 1 if not.
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var logKey: LogKeyOption

    @Option(
        help: ArgumentHelp(
            "An earlier checkpoint of the log; may be given more than once.", valueName: "file"))
    var checkpoint: [String] = []

    @Option(help: ArgumentHelp("Write what is read to a new file.", valueName: "file"))
    var export: String?

    @Option(
        help: ArgumentHelp("Verify what was exported, without a daemon.", valueName: "file"))
    var offline: String?

    func validate() throws {
        guard offline == nil || export == nil else {
            throw ValidationError("--offline and --export exclude each other")
        }
    }

    func run() async throws {
        let keys = try logKey.keys
        Interruption.watch()
        if let offline {
            let file = try LogFile(path: offline)
            let stated = try StatedCheckpoint(file.checkpoint, keys: keys)
            return try await verify(file, stated)
        }
        try await options.withVault(to: "read the audit log") { vault in
            let stated = try StatedCheckpoint(try await vault.auditCheckpoint(), keys: keys)
            try await verify(VaultLog(vault), stated)
        }
    }

    private func verify(_ source: some LogSource, _ stated: StatedCheckpoint) async throws {
        let verification = LogVerification(
            stated: stated,
            earlier: try checkpoint.map { try EarlierCheckpoint(path: $0, keys: stated.keys) },
            export: try export.map { try LogExport(path: $0) })
        let report = try await verification.run(over: source)
        try report.check(isExported: export != nil || offline != nil)
        report.print(asJSON: options.json)
    }
}

/// The keys that a log's checkpoints are verified by.
struct LogKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's key, name+id+base64. (else the one that the vault states)",
            valueName: "vkey"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp(
            "The key history, as aitta --json keys history gives it: leads from that key to those after it.",
            valueName: "file"))
    var keyHistory: String?

    func validate() throws {
        guard keyHistory == nil || publicKey != nil else {
            throw ValidationError("--key-history goes with --public-key")
        }
    }

    /// Where a key was given, that and those after it.
    var keys: LogKeys? {
        get throws {
            guard let key = try VerifierKey(option: publicKey) else { return nil }
            return try LogKeys(key, history: try KeyHistory(option: keyHistory))
        }
    }
}
