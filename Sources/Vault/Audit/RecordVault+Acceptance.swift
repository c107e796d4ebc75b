import Cryptography
public import KeyManagement
public import Storage
import Verification

extension RecordVault {
    /// Goes on with a database that is older than the ledger, or whose log is not what the ledger knows,
    /// without a running daemon: for whoever holds the root key and has nothing better.
    ///
    /// The ledger keeps what it knew, the log goes on under a new origin, and where the access policy is
    /// an older one all grants but admins' are suspended.
    ///
    /// - Parameter reason: Why, as a code.
    /// - Returns: `false`: there is nothing to accept.
    public static func acceptOlderDatabase(
        in store: any VaultStore, keyring: Keyring, ledger: Ledger, entries: [LedgerEntry],
        clock: any WallClock, reason: String
    ) async throws -> Bool {
        let vaultBox = try await openVaultBox(in: store, keyring: keyring)
        let (log, standing) = try await LogStanding.load(from: store, ledger: entries)
        let isPolicyOlder = try await PolicyState.suspendOlder(
            in: store, vaultBox: vaultBox, ledger: ledger, entries: entries, clock: clock)
        guard standing != .intact || isPolicyOlder else { return false }
        let now = clock.nowMilliseconds
        let head = log.head
        let old = entries.lastLogMark ?? (head.size, head.root.bytes)
        try ledger.append(
            [
                .logRestarted(
                    cause: .olderDatabase, oldSize: old.size, oldRoot: old.root, size: head.size,
                    root: head.root.bytes)
            ], milliseconds: now)
        let entry = AuditRecord.logRestarted(
            requestID: "accept", reason: reason, old: old, size: head.size, root: head.root.bytes)
        _ = try await store.commit(
            [Mutation(audit: [entry.leaf(milliseconds: now)])], durability: .power
        ) { _ throws(StoreError) in }
        return true
    }
}

extension AuditRecord {
    /// The first entry of a log that goes on from another state than the ledger knew.
    static func logRestarted(
        requestID: String, reason: String, old: (size: UInt64, root: [UInt8]), size: UInt64,
        root: [UInt8]
    ) -> AuditRecord {
        var entry = AuditRecord(
            caller: .current, requestID: requestID, purpose: nil, operation: "log-restarted")
        entry.reason = reason
        entry.generation = old.size
        entry.count = Int(clamping: size)
        entry.digest = Digest32(old.root)
        entry.fields = [Base64.encode(root)]
        return entry
    }
}
