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
        guard let box = try await store.state(VaultBox.stateName) else {
            throw OpeningError(.policyMissing)
        }
        report.isPolicyOlder = try await PolicyState.suspendOlder(
            in: store, vaultBox: VaultBox.open(box, keyring: keyring), ledger: ledger,
            entries: entries, clock: clock)
        try beginRotationAgain(ledger)
        let now = clock.nowMilliseconds
        let old = entries.lastLogMark ?? (report.logSize, report.logRoot)
        try ledger.append(
            [
                .keyringChanged(generation: keyring.generation),
                .logRestarted(
                    cause: .restore, oldSize: old.size, oldRoot: old.root, size: report.logSize,
                    root: report.logRoot),
            ], milliseconds: now)
        let entry = AuditRecord.logRestarted(
            requestID: "restore", reason: reason ?? "restore", old: old, size: report.logSize,
            root: report.logRoot)
        let entries = try await [entry] + newerRecords() + acceptances
        for start in stride(from: 0, to: entries.count, by: 1000) {
            try await commit(
                Mutation(
                    audit: entries[start..<min(entries.count, start + 1000)].map {
                        $0.leaf(milliseconds: now)
                    }))
        }
        try await commit(
            Mutation(
                writes: [
                    .putState(
                        try LedgerState.state(
                            count: min(knownEntries, ledger.lastNumber), of: ledger))
                ]))
        try await store.sync()
        return report
    }

    /// What changed after the records part shows in the keys part alone: the log says what there is now, so
    /// that `aittad check` finds nothing but what is changed from here on.
    private func newerRecords() async throws -> [AuditRecord] {
        guard records.manifest.log.size < keys.manifest.log.size else { return [] }
        var unused = VaultCheck.Report()
        let logged = try await LoggedChanges(store, &unused)
        let accepted = Set(report.accepted)
        var entries: [AuditRecord] = []
        var pages = RecordPages(store)
        while true {
            let page = try await pages.next()
            guard !page.isEmpty else { return entries }
            for case .live(let stored) in page.compactMap(\.lookup) {
                guard let last = logged[stored.id], last.generation < stored.generation,
                    !accepted.contains(stored.id)
                else { continue }
                entries.append(Self.entry(Self.newerOperation, of: stored))
            }
        }
    }

    /// A ledger that is older than the keyring's middle state: erasures from here on must not get numbers
    /// that the rotation's cutoff covers.
    private func beginRotationAgain(_ ledger: Ledger) throws {
        guard let kind = keyring.rotation, ledger.rotations.begun?.epoch != keyring.kek.epoch else {
            return
        }
        try ledger.append(
            [
                .rotationBegun(
                    epoch: keyring.kek.epoch, generation: keyring.generation,
                    cutoff: min(keyring.cutoff, ledger.lastNumber), kind: kind)
            ], milliseconds: clock.nowMilliseconds)
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
