import Cryptography
public import KeyManagement
import Storage
import Verification

extension Restore {
    /// What is left once the store is filled: the index, the policy, the ledger, and the log's new
    /// beginning.
    ///
    /// - Parameters:
    ///   - ledger: The ledger that goes on; its entries are those that the restore knows.
    ///   - reason: Why an older keys part was accepted, as a code.
    public mutating func finish(_ ledger: Ledger, reason: String? = nil) async throws -> Report {
        progress.begin(.checking, total: report.records)
        var seen = 0
        _ = try await VaultCheck(store: store, keyring: keyring, entries: entries)
            .rebuildIndex { [progress] records in
                try? progress.add(records - seen)
                seen = records
            }
        try await settlePolicy(ledger)
        let now = clock.nowMilliseconds
        let old = entries.lastLogMark ?? (report.logSize, report.logRoot)
        try ledger.append(
            [
                .keyringChanged(generation: keyring.generation),
                .logRestarted(
                    cause: .restore, oldSize: old.size, oldRoot: old.root, size: report.logSize,
                    root: report.logRoot),
            ], milliseconds: now)
        var entry = AuditRecord(
            caller: .current, requestID: "restore", purpose: nil, operation: "log-restarted")
        entry.reason = reason ?? "restore"
        entry.generation = old.size
        entry.count = Int(clamping: report.logSize)
        entry.digest = Digest32(old.root)
        entry.fields = [Base64.encode(report.logRoot)]
        let entries = [entry] + acceptances
        for start in stride(from: 0, to: entries.count, by: 1000) {
            try await commit(
                Mutation(
                    audit: entries[start..<min(entries.count, start + 1000)].map {
                        $0.leaf(milliseconds: now)
                    }))
        }
        try await store.sync()
        return report
    }

    /// A policy that is older than the ledger's comes back under a version of its own; what it grants is
    /// suspended until an admin has looked at it, since grants may have been taken away meanwhile.
    private mutating func settlePolicy(_ ledger: Ledger) async throws {
        guard let boxState = try await store.state(VaultBox.stateName),
            let stored = try await store.state(PolicyState.name)
        else { throw OpeningError(.policyMissing) }
        let vaultBox = try VaultBox.open(boxState, keyring: keyring)
        let policy = try PolicyState.open(stored, vaultBox: vaultBox)
        do throws(OpeningError) {
            _ = try PolicyState.standing(of: policy, stored: stored, in: entries)
            return
        } catch {
            // A ledger that knows less than the keys part may lack erasures too.
            guard error.code == .databaseOlder else { throw error }
        }
        report.isPolicyOlder = true
        let suspended = policy.suspended(version: entries.lastPolicyVersion + 1)
        let sealed = try vaultBox.seal(
            suspended.encoded(), name: PolicyState.name, label: .policy,
            version: suspended.version)
        let now = clock.nowMilliseconds
        try ledger.append(
            [.policy(version: suspended.version, digest: SHA256.hash(sealed.sealed).bytes)],
            milliseconds: now)
        try await commit(Mutation(writes: [.putState(sealed)]))
        try await store.sync()
        try ledger.append([.policyCommitted(version: suspended.version)], milliseconds: now)
    }
}

extension [LedgerEntry] {
    /// The highest version of the policy that the ledger was ever told of.
    var lastPolicyVersion: UInt64 {
        compactMap { entry in
            if case .policy(let version, _) = entry.event { version } else { nil }
        }.max() ?? 0
    }
}
