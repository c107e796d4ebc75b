import Storage

/// The commits of one caller, what became of them, and how the caller is woken.
///
/// Sendable since all that changes is read and written under the inbox's lock.
final class CommitBatch: @unchecked Sendable {
    let commits: [Commit]
    /// Whether the caller may commit it: accesses that need no sync, so that no thread that could
    /// serve is held.
    let isLight: Bool
    /// How many audit entries it leaves.
    let entryCount: Int
    /// Set once, by whoever committed it or refused to.
    fileprivate(set) var results: [CommitResult]?
    /// Set while the caller sleeps.
    fileprivate(set) var continuation: UnsafeContinuation<CommitInbox.Turn, Never>?

    init(_ commits: [Commit]) {
        self.commits = commits
        entryCount = commits.reduce(0) { $0 + $1.mutation.audit.count }
        isLight = commits.allSatisfy {
            $0.durability == .process && $0.mutation.isAccess && !$0.hasOwnGroup
                && $0.ledgerEvent == nil
        }
    }
}

extension CommitInbox {
    /// What a caller does next.
    enum Turn: Sendable {
        /// Nothing more: its commits have their results.
        case done([CommitResult])
        /// It commits this group, for itself and others.
        case lead([CommitBatch])
    }

    /// Waits until a batch is committed, or until its caller is to commit it.
    func turn(of batch: CommitBatch) async -> Turn {
        await withUnsafeContinuation { continuation in
            let turn: Turn? = signal.withLock {
                if let results = batch.results { return .done(results) }
                if mayLead { return .lead(beginLead()) }
                batch.continuation = continuation
                return nil
            }
            if let turn { continuation.resume(returning: turn) }
        }
    }

    /// Hands the results of a group to its callers.
    func deliver(_ results: [[CommitResult]], to batches: [CommitBatch]) {
        let sleepers = signal.withLock {
            zip(batches, results).compactMap { batch, results in
                batch.results = results
                return batch.continuation.map { ($0, results) }
            }
        }
        for (continuation, results) in sleepers { continuation.resume(returning: .done(results)) }
    }

    /// Ends the lead of a caller; the next group goes to a caller that sleeps, or to the thread.
    func endLead() {
        let next = signal.withLock { () -> (UnsafeContinuation<Turn, Never>, [CommitBatch])? in
            committer = .nobody
            if let next = passOn() { return next }
            if threadWaitsForTurn { signal.wake() }
            return nil
        }
        if let (continuation, group) = next { continuation.resume(returning: .lead(group)) }
    }

    /// The caller to lead next, with its group: one that sleeps. One that is about to ask for its turn
    /// comes by itself.
    func passOn() -> (UnsafeContinuation<Turn, Never>, [CommitBatch])? {
        guard mayLead, let leader = batches.first(where: { $0.continuation != nil }),
            let continuation = leader.continuation
        else { return nil }
        leader.continuation = nil
        return (continuation, beginLead())
    }

    private var mayLead: Bool {
        committer == .nobody && heavyCount == 0 && !batches.isEmpty && !isStopping && !isWorkDue
    }

    private func beginLead() -> [CommitBatch] {
        committer = .caller
        return take()
    }
}
