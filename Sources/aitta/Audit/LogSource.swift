import StrictJSON
import VaultAPI
import VaultClient

/// Where the entries of a log come from.
protocol LogSource {
    /// The entries that follow, in their order, a page of them; none at the end.
    mutating func next() async throws -> [JSONValue]
}

/// The log of a vault that serves.
struct VaultLog: LogSource {
    private let vault: VaultClient
    private var after: Int64 = 0

    init(_ vault: VaultClient) {
        self.vault = vault
    }

    mutating func next() async throws -> [JSONValue] {
        let items = try await vault.auditEntries(
            after: String(after), limit: APILimits.listItems
        ).items
        // The numbers are checked by whoever takes the entries, who stops where one is wrong.
        after = items.last?["number"]?.integer ?? after
        return items
    }
}
