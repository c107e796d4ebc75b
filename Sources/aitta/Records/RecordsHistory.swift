import ArgumentParser
import VaultClient

struct RecordsHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what was done with a record, oldest first.",
        discussion: """
            It is read from the audit log, for erased records too. With --subject it is what the person \
            whom the record is about may be told: when, for which purpose, what was done and with \
            which fields, and nobody's name.
            """)

    private static let subjectColumns = ["t", "purpose", "op", "fields"]
    private static let columns =
        ["number", "t", "uid", "user", "purpose", "op", "fields", "outcome", "reason"]

    @OptionGroup var options: GlobalOptions
    @OptionGroup var page: PageOptions

    @Flag(help: "Show what the person may be told.")
    var subject = false

    @Argument var id: String

    func run() async throws {
        try await options.withVault(to: "read the audit log") { vault in
            let history = try await vault.history(
                of: id, forSubject: subject, after: page.after, limit: page.limit)
            Output.print(
                page: history, columns: subject ? Self.subjectColumns : Self.columns,
                asJSON: options.json)
        }
    }
}
