import ArgumentParser
import StrictJSON
import VaultClient

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make backups, and prove that they restore.",
        discussion: """
            A directory is one of the daemon's machine: of the daemon's user, with mode 0700. Keyring \
            and escrow never go there.
            """,
        subcommands: [BackupMake.self, BackupDrill.self, BackupList.self],
        defaultSubcommand: BackupMake.self)
}

struct BackupMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Write a records part and a keys part, while the vault serves.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("Where to. (else all of backup.directories)", valueName: "dir"))
    var directory: String?

    func run() async throws {
        try await options.withVault(to: "make backups") { vault in
            _ = try await vault.startBackup(directory: directory)
            let result = try await BackupWait(vault).end(of: "lastBackup")
            if options.json {
                Output.print(json: result)
            } else {
                for part in result["parts"]?.items ?? [] {
                    Output.print(pairs: [
                        ("part", part["file"]?.plainText ?? "-"),
                        ("builds on", part["base"]?.plainText ?? "-"),
                        ("records", part["records"]?.plainText ?? "-"),
                        ("log", part["logSize"]?.plainText ?? "-"),
                        ("bytes", part["bytes"]?.plainText ?? "-"),
                        ("directories", part["directories"]?.plainText ?? "-"),
                    ])
                }
            }
            try BackupWait.check(result, as: "backup")
        }
    }
}

struct BackupDrill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Restore the newest parts into a temporary place, verify, report.",
        discussion: "No personal data leaves the daemon. Ends with 1 if anything is wrong.")

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: ArgumentHelp("Whose parts. (else the first of backup.directories)", valueName: "dir"))
    var directory: String?

    func run() async throws {
        try await options.withVault(to: "make backups") { vault in
            _ = try await vault.startBackupDrill(directory: directory)
            let result = try await BackupWait(vault).end(of: "lastDrill")
            if options.json {
                Output.print(json: result)
            } else if result["records"] != nil {
                let names = [
                    "outcome", "directory", "recordsPart", "keysPart", "madeAt", "records",
                    "recordsInVault", "fields", "erased", "lost", "stale", "logSize",
                    "logSizeOfVault", "logMatches", "escrow", "findingCount",
                ]
                Output.print(pairs: names.map { ($0, result[$0]?.plainText ?? "-") })
                for finding in result["findings"]?.items ?? [] {
                    let words = ["kind", "place"].map { finding[$0]?.plainText ?? "-" }
                    Output.print(line: words.joined(separator: ": "))
                }
            }
            try BackupWait.check(result, as: "drill")
        }
    }
}

struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the parts in the configured directories.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "make backups") { vault in
            let backups = try await vault.backups()
            guard !options.json else { return Output.print(json: backups) }
            let names = ["part", "number", "base", "epoch", "madeAt", "bytes", "directory"]
            Output.print(
                table: (backups["parts"]?.items ?? []).map { part in
                    names.map { part[$0]?.plainText ?? "-" }
                }, headings: names)
        }
    }
}
