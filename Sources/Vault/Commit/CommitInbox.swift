import Storage
import Synchronization

/// What waits to be committed, and when the commit thread has to do something else.
final class CommitInbox: @unchecked Sendable {
    struct Batch: Sendable {
        let commits: [Commit]
        let continuation: CheckedContinuation<[CommitResult], Never>
    }

    enum Work {
        case group([Batch])
        case sync
        case scrub
        case stop(CheckedContinuation<Void, Never>)
    }

    private let limits: CommitQueue.Limits
    private let signal = ThreadSignal()
    private let announced = Atomic<Int>(0)
    private var batches: [Batch] = []
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

    func put(_ batch: Batch) {
        let failure: StoreError? = signal.withLock {
            guard self.failure == nil else { return self.failure }
            batches.append(batch)
            count += batch.commits.count
            if !isGathering || isEnough { signal.wake() }
            return nil
        }
        if let failure {
            batch.continuation.resume(
                returning: batch.commits.map { _ in .failed(failure) })
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
            if syncDue == nil {
                syncDue = ThreadSignal.nowNanoseconds + limits.syncMilliseconds * 1_000_000
            }
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
            scrubDue = nil
            syncDue = nil
            return batches
        }
        for batch in refused {
            batch.continuation.resume(returning: batch.commits.map { _ in .failed(error) })
        }
    }

    /// Blocks the commit thread until there is something to do.
    func next() -> Work {
        signal.withLock {
            while true {
                let now = ThreadSignal.nowNanoseconds
                if let due = syncDue, due <= now {
                    syncDue = nil
                    return .sync
                }
                if let due = scrubDue, due <= now {
                    // Whoever asks from here on gets a scrub of their own unless this one covers it.
                    return .scrub
                }
                if !batches.isEmpty { return .group(gather(from: now)) }
                if let stopping {
                    failure = failure ?? .closed
                    return .stop(stopping)
                }
                switch [syncDue, scrubDue].compactMap({ $0 }).min() {
                case let due?: signal.wait(untilNanoseconds: due)
                case nil: signal.wait()
                }
            }
        }
    }

    /// Waits for what was announced, within bounds, and takes a group.
    private func gather(from start: UInt64) -> [Batch] {
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

    /// Takes batches up to the limit; a change of the policy goes alone.
    private func take() -> [Batch] {
        var taken = 0
        var commits = 0
        for batch in batches {
            let isPolicyChange = batch.commits.contains(where: \.isPolicyChange)
            if taken > 0, isPolicyChange || commits + batch.commits.count > limits.groupCount {
                break
            }
            taken += 1
            commits += batch.commits.count
            if isPolicyChange { break }
        }
        defer {
            batches.removeFirst(taken)
            count -= commits
        }
        return Array(batches.prefix(taken))
    }
}
