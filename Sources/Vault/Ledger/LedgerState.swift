import KeyManagement
import Storage

/// How many entries the ledger had at least when the database last changed together with it: a ledger that
/// has fewer is an older one, or was cut. It is authenticated, so that whoever can write the database can
/// neither hide that nor keep a vault from opening with a count of their own.
enum LedgerState {
    static let name = "ledger"

    /// - Parameter count: Of the entries that the ledger will have once the group is announced.
    static func state(count: UInt64, of ledger: Ledger) throws(KeyError) -> StoredState {
        StoredState(name: name, version: count, sealed: try ledger.mac(ofCount: count))
    }

    /// - Returns: The count.
    /// - Throws: ``KeyError/Code/stateDamaged`` when the count is not what a vault wrote; ``OpeningError`` when
    ///   the ledger is older than the database.
    @discardableResult
    static func check(
        _ count: UInt64, keyring: Keyring, in store: any VaultStore
    ) async throws -> UInt64 {
        guard let state = try await store.state(name),
            try LedgerCount.isValid(state.sealed, of: state.version, keyring: keyring)
        else {
            throw KeyError(
                .stateDamaged, at: name,
                hint:
                    "the database's count of the ledger is not the vault's: the database was altered; put "
                    + "a good one back")
        }
        guard count >= state.version else { throw OpeningError(.ledgerOlder) }
        return state.version
    }
}
