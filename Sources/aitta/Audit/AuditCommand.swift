import ArgumentParser
import StrictJSON
import VaultClient

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "See who did what, when, for which purpose.",
        subcommands: [
            AuditList.self, AuditVerify.self, AuditCheckpoint.self, AuditProof.self,
            AuditScopeCommand.self,
        ])
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show entries of the audit log, oldest first.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await options.withVault(to: "read the audit log") { vault in
            let entries = try await vault.auditEntries(after: page.after, limit: page.limit)
            let names = Self.columns(of: entries.items)
            Output.print(page: entries, columns: names, asJSON: options.json)
        }
    }

    /// Every member that an entry has, in the order of their first appearance.
    private static func columns(of items: [JSONValue]) -> [String] {
        var columns: [String] = []
        for name in items.flatMap({ $0.members ?? [] }).map(\.name)
        where !columns.contains(name) {
            columns.append(name)
        }
        return columns
    }
}
