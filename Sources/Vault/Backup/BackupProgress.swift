import Synchronization

/// How far a backup, a drill or a restore is: asked by whoever waits, told by whoever works.
public final class BackupProgress: Sendable {
    /// What is being done.
    public enum Phase: String, Sendable {
        case planning
        case records
        case keys
        case verifying
        case restoring
        case checking
    }

    private struct State {
        var phase = Phase.planning
        var done = 0
        var total = 0
    }

    private let state = Mutex(State())
    private let cancelled = Atomic<Bool>(false)

    /// Nothing is done yet.
    public init() {}

    /// The phase, and how many of its items are done.
    public var current: (phase: Phase, done: Int, total: Int) {
        state.withLock { ($0.phase, $0.done, $0.total) }
    }

    func begin(_ phase: Phase, total: Int) {
        state.withLock { $0 = State(phase: phase, done: 0, total: total) }
    }

    /// - Throws: ``BackupFailure/Code/interrupted`` once it was cancelled.
    func add(_ count: Int) throws(BackupFailure) {
        state.withLock { $0.done += count }
        try check()
    }

    func check() throws(BackupFailure) {
        guard !isCancelled, !Task.isCancelled else {
            throw BackupFailure(.interrupted, at: "backup", hint: "start it again")
        }
    }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
}
