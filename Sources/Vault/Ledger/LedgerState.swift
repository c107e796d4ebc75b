import KeyManagement
import Storage

/// How many entries the ledger had at least when the database last changed together with it: a ledger that
/// has fewer is an older one, or was cut.
enum LedgerState {
    static let name = "ledger"

    /// - Parameter count: Of the entries that the ledger will have once the group is announced.
    static func state(count: UInt64) -> StoredState {
        StoredState(name: name, version: count, sealed: [])
    }

    /// - Throws: ``OpeningError`` when the ledger is older than the database.
    static func check(_ ledger: Ledger, in store: any VaultStore) async throws {
        guard let state = try await store.state(name) else { return }
        guard ledger.lastNumber >= state.version else { throw OpeningError(.ledgerOlder) }
    }
}
