import Storage
import Synchronization

/// What waits to be committed, who commits it, and when the commit thread has to do something else.
///
/// At any time one commits: the thread, or a caller that leads a group of accesses
/// (`CommitBatch.swift`).
final class CommitInbox: @unchecked Sendable {
    enum Work {
        case group([CommitBatch])
        case sync
        case scrub
        case stop(CheckedContinuation<Void, Never>)
    }

    /// Who has the store to commit to; one at a time.
    enum Committer {
        case nobody
        case thread
        case caller
    }

    let signal = ThreadSignal()
    private(set) var batches: [CommitBatch] = []
    /// How many batches wait that only the thread may commit.
    private(set) var heavyCount = 0
    var committer = Committer.nobody
    /// Whether the thread has something to do once a caller's lead ends.
    private(set) var threadWaitsForTurn = false

    private let limits: CommitQueue.Limits
    private let announced = Atomic<Int>(0)
    private var count = 0
    private var isGathering = false
    private var lastGroupCount = 0
    private var syncDue: UInt64?
    private var scrubDue: UInt64?
    private var stopping: CheckedContinuation<Void, Never>?
    private var failure: StoreError?

    init(limits: CommitQueue.Limits) {
        self.limits = limits
    }

    func announce() { announced.add(1, ordering: .relaxed) }

    func fulfil() { announced.subtract(1, ordering: .relaxed) }

    func withdraw() {
        guard announced.subtract(1, ordering: .relaxed).newValue == 0 else { return }
        signal.withLock { if isGathering { signal.wake() } }
    }

    /// Takes a batch in, or refuses it where nothing is committed any more.
    func put(_ batch: CommitBatch) -> StoreError? {
        signal.withLock {
            guard failure == nil else { return failure }
            batches.append(batch)
            count += batch.commits.count
            if !batch.isLight { heavyCount += 1 }
            if isGathering ? isEnough : !batch.isLight { signal.wake() }
            return nil
        }
    }

    func requestScrub() {
        signal.withLock {
            if scrubDue == nil {
                scrubDue = ThreadSignal.nowNanoseconds + limits.scrubMilliseconds * 1_000_000
            }
            signal.wake()
        }
    }

    var waitingCount: Int { signal.withLock { count } }

    var isScrubPending: Bool { signal.withLock { scrubDue != nil } }

    var isStopping: Bool { stopping != nil }

    /// Whether the thread is late with what only it does; then nobody leads before it.
    var isWorkDue: Bool {
        guard let due = [syncDue, scrubDue].compactMap({ $0 }).min() else { return false }
        return due <= ThreadSignal.nowNanoseconds
    }

    /// Notes the outcome of a scrub; one that a reader prevented is tried again soon.
    func scrubbed(_ isDone: Bool) {
        signal.withLock {
            guard scrubDue != nil else { return }
            scrubDue =
                isDone
                ? nil : ThreadSignal.nowNanoseconds + limits.scrubMilliseconds * 1_000_000 / 4
        }
    }

    func noteUnsynced() {
        signal.withLock {
            guard syncDue == nil else { return }
            syncDue = ThreadSignal.nowNanoseconds + limits.syncMilliseconds * 1_000_000
            signal.wake()
        }
    }

    func stop(_ continuation: CheckedContinuation<Void, Never>) {
        signal.withLock {
            stopping = continuation
            if scrubDue != nil { scrubDue = 0 }
            if syncDue != nil { syncDue = 0 }
            signal.wake()
        }
    }

    /// Answers everything that waits or will come with an error.
    func refuseAll(_ error: StoreError) {
        let refused = signal.withLock {
            failure = error
            defer { batches = [] }
            count = 0
            heavyCount = 0
            scrubDue = nil
            syncDue = nil
            return batches
        }
        deliver(refused.map { $0.commits.map { _ in .failed(error) } }, to: refused)
    }

    /// Blocks the commit thread until there is something to do; what it had to do before is done.
    func next() -> Work {
        signal.withLock { if committer == .thread { committer = .nobody } }
        while true {
            switch signal.withLock(nextStep) {
            case .work(let work): return work
            case .passOn(let continuation, let group):
                continuation.resume(returning: .lead(group))
            }
        }
    }

    private enum Step {
        case work(Work)
        case passOn(UnsafeContinuation<Turn, Never>, [CommitBatch])
    }

    private func nextStep() -> Step {
        while true {
            if committer != .nobody {
                threadWaitsForTurn = true
                signal.wait()
                threadWaitsForTurn = false
            } else if let work = workForThread() {
                committer = .thread
                return .work(work)
            } else if let (continuation, group) = passOn() {
                return .passOn(continuation, group)
            } else if let due = [syncDue, scrubDue].compactMap({ $0 }).min() {
                signal.wait(untilNanoseconds: due)
            } else {
                signal.wait()
            }
        }
    }

    private func workForThread() -> Work? {
        let now = ThreadSignal.nowNanoseconds
        if let due = syncDue, due <= now {
            syncDue = nil
            return .sync
        }
        // Whoever asks from here on gets a scrub of their own unless this one covers it.
        if let due = scrubDue, due <= now { return .scrub }
        if heavyCount > 0 || isStopping, !batches.isEmpty {
            committer = .thread
            return .group(gather(from: now))
        }
        guard let stopping else { return nil }
        failure = failure ?? .closed
        return .stop(stopping)
    }

    /// Waits for what was announced, within bounds, and takes a group.
    private func gather(from start: UInt64) -> [CommitBatch] {
        let deadline = start + limits.gatherMicroseconds * 1000
        isGathering = true
        while !isEnough, ThreadSignal.nowNanoseconds < deadline {
            signal.wait(untilNanoseconds: deadline)
        }
        isGathering = false
        let group = take()
        lastGroupCount = group.count
        return group
    }

    /// Whether everything that is expected is here: what was announced, and as many callers as the
    /// last group answered, since they tend to come again.
    private var isEnough: Bool {
        count >= limits.groupCount
            || announced.load(ordering: .relaxed) == 0 && batches.count >= lastGroupCount
    }

    /// Takes batches up to the limit; what has a group of its own goes alone.
    func take() -> [CommitBatch] {
        var taken = 0
        var commits = 0
        var entries = 0
        for batch in batches {
            let hasOwnGroup = batch.commits.contains(where: \.hasOwnGroup)
            let isTooMuch =
                commits + batch.commits.count > limits.groupCount
                || entries + batch.entryCount > limits.groupEntries
            if taken > 0, hasOwnGroup || isTooMuch { break }
            taken += 1
            commits += batch.commits.count
            entries += batch.entryCount
            if !batch.isLight { heavyCount -= 1 }
            if hasOwnGroup { break }
        }
        defer {
            batches.removeFirst(taken)
            count -= commits
        }
        return Array(batches.prefix(taken))
    }
}
