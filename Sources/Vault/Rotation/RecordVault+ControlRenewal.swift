import KeyManagement
import Storage

extension RecordVault {
    private static var tombstoneCount: Int { 1000 }

    /// Tombstones get their MACs from the new control key; those that no key made stay as they are, and are
    /// named by `check`.
    func renewTombstones() async throws(RotationStop) {
        let snapshot = try await reading { () throws(StoreError) in try await store.snapshot() }
        do throws(RotationStop) {
            try await renewTombstones(of: snapshot)
        } catch {
            await snapshot.close()
            throw error
        }
        await snapshot.close()
    }

    private func renewTombstones(of snapshot: any StoreSnapshot) async throws(RotationStop) {
        let counts = try await reading { () throws(StoreError) in try await snapshot.counts() }
        try enter(.renewTombstones, total: counts.tombstones)
        var last: RecordID?
        var done = 0
        while true {
            try checkpoint(.renewTombstones)
            let after = last
            let page = try await reading { () throws(StoreError) in
                try await snapshot.tombstones(after: after, limit: Self.tombstoneCount)
            }
            guard let end = page.last else { return }
            let writes = try keys { () throws(KeyError) in
                var writes: [Write] = []
                for tombstone in page {
                    guard
                        let erased = try keyring.erasedAtMilliseconds(
                            tombstone: tombstone.body, of: tombstone.id)
                    else { continue }
                    let body = try keyring.controlKey.tombstone(
                        of: tombstone.id, erasedAtMilliseconds: erased, vault: keyring.vault)
                    writes.append(
                        .renewTombstone(StoredTombstone(id: tombstone.id, body: body)))
                }
                return writes
            }
            try await commitRotation(Commit(mutation: Mutation(writes: writes), keys: keyUse))
            last = end.id
            done += page.count
            rotation.noteDone(done)
        }
    }
}

extension RecordVault {
    /// The ledger is authenticated by the new key: a copy of before is then known by no key that lives on.
    func rewriteLedger() async throws(RotationStop) {
        try enter(.rewriteLedger)
        let (ledger, keyring) = (ledger, keyring)
        let unreachable = try keys { () throws(KeyError) in try ledger.rekey(by: keyring) }
        guard unreachable.isEmpty else { throw .waiting(unreachable) }
        // What tells the ledger anything writes its count in the database, by the new key from now on.
        guard try await !isLedgerUnderNewestKey(of: keyring) else { return }
        try await commitRotation(
            Commit(
                mutation: Mutation(needsLedger: true),
                ledgerEvent: .keyringChanged(generation: keyring.generation)))
    }
}
