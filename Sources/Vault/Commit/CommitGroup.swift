import Storage

/// The commits of one group and what becomes of each.
struct CommitGroup {
    struct Pending {
        let commit: Commit
        let batch: Int
        let place: Int
    }

    private let batches: [CommitInbox.Batch]
    private var results: [[CommitResult]]
    /// What is still to be committed.
    private(set) var pending: [Pending] = []

    init(_ batches: [CommitInbox.Batch]) {
        self.batches = batches
        results = batches.map { batch in batch.commits.map { _ in .failed(.closed) } }
    }

    /// Takes out what was authorised under another policy, or read before a change.
    mutating func settleOutdated(policyVersion: UInt64, changes: RecentChanges) {
        let changedHere = Set(
            batches.flatMap(\.commits).flatMap(\.mutation.changedRecords))
        for (batch, entry) in batches.enumerated() {
            for (place, commit) in entry.commits.enumerated() {
                if let version = commit.policyVersion, version != policyVersion {
                    results[batch][place] = .policyChanged
                } else if commit.reads.contains(where: { record in
                    changedHere.contains(record)
                        || !changes.isUnchanged(record, since: commit.readSequence)
                }) {
                    results[batch][place] = .recordChanged
                } else {
                    pending.append(Pending(commit: commit, batch: batch, place: place))
                }
            }
        }
    }

    /// Notes the store's outcomes; gives the effects of what committed.
    mutating func settle(
        _ outcomes: [MutationOutcome], noteChanged: ([RecordID]) -> Void
    ) -> [@Sendable () -> Void] {
        var effects: [@Sendable () -> Void] = []
        for (entry, outcome) in zip(pending, outcomes) {
            switch outcome {
            case .committed:
                results[entry.batch][entry.place] = .committed
                noteChanged(entry.commit.mutation.changedRecords)
                if let effect = entry.commit.effect { effects.append(effect) }
            case .rejected(let rejection):
                results[entry.batch][entry.place] = .rejected(rejection)
            case .failed(let error):
                results[entry.batch][entry.place] = .failed(error)
            }
        }
        return effects
    }

    mutating func fail(_ error: StoreError) {
        for entry in pending { results[entry.batch][entry.place] = .failed(error) }
    }

    /// Answers every caller.
    func resume() {
        for (batch, results) in zip(batches, results) {
            batch.continuation.resume(returning: results)
        }
    }
}
