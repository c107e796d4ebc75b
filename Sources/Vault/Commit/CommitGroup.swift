import KeyManagement
import Storage

/// The commits of one group and what becomes of each.
struct CommitGroup {
    /// Where a commit stands. Groups pass places on, not the commits.
    private struct Place {
        let batch: Int
        let commit: Int
    }

    let batches: [CommitBatch]
    private(set) var results: [[CommitResult]]
    /// What is still to be committed.
    private var pending: [Place] = []

    init(_ batches: [CommitBatch]) {
        self.batches = batches
        results = batches.map { batch in
            Array(repeating: .failed(.closed), count: batch.commits.count)
        }
        pending.reserveCapacity(batches.count)
    }

    var isSettled: Bool { pending.isEmpty }

    /// What the store is to commit, in order: what leaves audit entries alone first.
    ///
    /// - Parameter ledger: The first that tells it something says in the database how many entries it then has.
    /// - Throws: ``StoreError/notWritable``.
    func mutations(telling ledger: Ledger) throws(StoreError) -> [Mutation] {
        var mutations = pending.map { self[$0].mutation }
        guard mutations.contains(where: \.needsLedger) else { return mutations }
        let state: StoredState
        do throws(KeyError) {
            state = try LedgerState.state(count: ledger.lastNumber + 1, of: ledger)
        } catch {
            throw .notWritable
        }
        for place in mutations.indices where mutations[place].needsLedger {
            mutations[place].writes.append(.putState(state))
        }
        return mutations
    }

    /// What the ledger must hold for the mutation at `index`.
    func ledgerEvent(of index: Int) -> LedgerEvent? { self[pending[index]].ledgerEvent }

    /// How surely the group must be on disk.
    var durability: Durability {
        pending.contains { self[$0].durability == .power } ? .power : .process
    }

    /// Whether the ledger is to be told something.
    var tellsLedger: Bool {
        batches.contains { $0.commits.contains { $0.ledgerEvent != nil } }
    }

    /// Takes out what was authorised under another policy, prepared with other keys or for other replicas of
    /// the ledger, or read before a change.
    mutating func settleOutdated(
        policyVersion: UInt64, keys: KeysInForce, changes recent: RecentChanges,
        replicasOutOfReach: [String]
    ) {
        let changedHere = recordsChanged
        var changes: [Place] = []
        defer { pending += changes }
        for batch in batches.indices {
            for place in batches[batch].commits.indices {
                let place = Place(batch: batch, commit: place)
                if let version = self[place].policyVersion, version != policyVersion {
                    results[batch][place.commit] = .policyChanged
                } else if !isSealed(self[place], under: keys) {
                    results[batch][place.commit] = .keysChanged
                } else if let claimed = self[place].replicasOutOfReach,
                    claimed != replicasOutOfReach
                {
                    results[batch][place.commit] = .keysChanged
                } else if readsOutdated(self[place], recent, changedHere) {
                    results[batch][place.commit] = .recordChanged
                } else if self[place].mutation.isAccess {
                    pending.append(place)
                } else {
                    changes.append(place)
                }
            }
        }
    }

    /// Whether it has something that may use the disk reserve.
    var mayUseReserve: Bool { pending.contains { self[$0].mayUseReserve } }

    /// Refuses what may not use the disk reserve.
    mutating func settleWithoutReserve() {
        let refused = pending.filter { !self[$0].mayUseReserve }
        pending = pending.filter { self[$0].mayUseReserve }
        for place in refused { results[place.batch][place.commit] = .failed(.diskFull) }
    }

    /// Notes the store's outcomes, for a log of `logSize` entries before; gives the effects of what
    /// committed, and the leaves that it added to the log.
    mutating func settle(
        _ outcomes: [MutationOutcome], logSize: UInt64, noteChanged: ([RecordID]) -> Void
    ) -> (effects: [@Sendable () -> Void], leaves: [LeafHash]) {
        var effects: [@Sendable () -> Void] = []
        var leaves: [LeafHash] = []
        leaves.reserveCapacity(pending.count)
        for (place, outcome) in zip(pending, outcomes) {
            switch outcome {
            case .committed:
                results[place.batch][place.commit] =
                    .committed(entry: logSize + UInt64(leaves.count) + 1)
                for leaf in self[place].mutation.audit { leaves.append(leaf.hash) }
                let changed = self[place].mutation.changedRecords
                if !changed.isEmpty { noteChanged(changed) }
                if let effect = self[place].effect { effects.append(effect) }
            case .rejected(let rejection):
                results[place.batch][place.commit] = .rejected(rejection)
            case .failed(let error):
                results[place.batch][place.commit] = .failed(error)
            }
        }
        return (effects, leaves)
    }

    mutating func fail(_ error: StoreError) {
        for place in pending { results[place.batch][place.commit] = .failed(error) }
    }

    private subscript(_ place: Place) -> Commit { batches[place.batch].commits[place.commit] }

    private var recordsChanged: Set<RecordID> {
        var changed: Set<RecordID> = []
        for batch in batches {
            for commit in batch.commits where !commit.mutation.writes.isEmpty {
                changed.formUnion(commit.mutation.changedRecords)
            }
        }
        return changed
    }

    /// Nothing is committed that was sealed or looked up without saying with which keys.
    private func isSealed(_ commit: Commit, under keys: KeysInForce) -> Bool {
        guard let use = commit.keys else { return !commit.mutation.needsKeys }
        return keys.allow(use)
    }

    private func readsOutdated(
        _ commit: Commit, _ changes: RecentChanges, _ changedHere: Set<RecordID>
    ) -> Bool {
        commit.reads.contains { record in
            changedHere.contains(record)
                || !changes.isUnchanged(record, since: commit.readSequence)
        }
    }
}
