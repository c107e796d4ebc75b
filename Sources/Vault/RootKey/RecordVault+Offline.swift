public import KeyManagement
public import Storage

extension RecordVault {
    /// Puts a keyring in the place of the one before it while no daemon runs, the replicas first; ledger and
    /// log then say so. It must open the database, so that no other vault's comes to lie there.
    ///
    /// - Parameter operation: What the log calls it.
    /// - Returns: The replicas that could not be reached; nothing is changed on this machine then.
    public static func replaceKeyringOffline(
        with keyring: Keyring, in storage: KeyStorage, store: any VaultStore, ledger: Ledger,
        operation: String, clock: any WallClock
    ) async throws -> [String] {
        _ = try await openVaultBox(in: store, keyring: keyring)
        let unreachable = try storage.writeEverywhere(keyring)
        guard unreachable.isEmpty else { return unreachable }
        let now = clock.nowMilliseconds
        try ledger.append(
            [.keyringChanged(generation: keyring.generation)], milliseconds: now)
        var entry = AuditRecord(
            caller: .current, requestID: operation, purpose: nil, operation: operation)
        entry.generation = keyring.generation
        let outcomes = try await store.commit(
            [Mutation(audit: [entry.leaf(milliseconds: now)])], durability: .power
        ) { _ throws(StoreError) in }
        guard outcomes == [.committed] else { throw StoreError.notWritable }
        return []
    }
}
