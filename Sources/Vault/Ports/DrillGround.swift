public import KeyManagement
public import Storage

/// A place where a restore is rehearsed: nothing of it outlives the drill.
public protocol DrillGround: Sendable {
    /// Makes an empty store, in a place that nobody else may look into.
    func begin() async throws -> any VaultStore

    /// A copy of the vault's ledger, to be continued there.
    func ledger(of keyring: Keyring) throws -> (ledger: Ledger, entries: [LedgerEntry])

    /// Closes the store, and removes all that was made.
    func end(_ store: (any VaultStore)?) async

    /// The escrow as it lies on disk; `nil` if there is none.
    func escrow() throws -> [UInt8]?
}
