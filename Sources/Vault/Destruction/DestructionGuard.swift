import Synchronization

/// Keeps time alone from destroying anything while the clock can't be believed, or more than was expected.
///
/// The clock is doubted once it leads the last entry of the log, or what was read from it before, by more than
/// two days. That may be a long silence, or a clock that jumped; a person says which, and until then the doubt
/// outlives restarts (``ClockDoubt``).
final class DestructionGuard: Sendable {
    /// What makes permits, so that nothing else does.
    struct Key: ~Copyable {
        fileprivate init() {}
    }

    static let maximumLeadMilliseconds: Int64 = 48 * 3_600_000
    private static let noticeMilliseconds: Int64 = 1000

    private struct State {
        /// Since when the clock is doubted, in Unix milliseconds as it says itself.
        var doubtedSince: Int64?
        var storedDoubt: Int64?
        /// What waits, and why.
        var paused: [TimedDestruction: DestructionPause] = [:]
        /// Up to how many somebody confirmed, for the next run.
        var confirmed: [TimedDestruction: Int] = [:]
    }

    private let key = Key()
    private let capPercent: Int
    /// The time that was read last.
    private let lastSeen: Atomic<Int64>
    private let state: Mutex<State>

    /// - Parameters:
    ///   - last: When the log's last entry was made; `nil` if that can't be told: then the clock is doubted.
    ///   - doubt: Since when the clock was doubted at the last end.
    ///   - capPercent: The share of what lives that one run may destroy unasked.
    init(lastEntry last: Int64?, doubtedSince doubt: Int64?, capPercent: Int) {
        lastSeen = Atomic(last ?? .min / 2)
        state = Mutex(State(doubtedSince: doubt, storedDoubt: doubt))
        self.capPercent = capPercent
    }

    /// Notes a reading of the clock.
    func note(_ now: Int64) {
        let last = lastSeen.load(ordering: .relaxed)
        guard abs(now - last) >= Self.noticeMilliseconds else { return }
        lastSeen.store(now, ordering: .relaxed)
        if now - last > Self.maximumLeadMilliseconds { doubt(at: now) }
    }

    /// Since when the clock is doubted, where that is not what was stored last.
    var unstoredDoubt: Int64? {
        state.withLock { $0.doubtedSince == $0.storedDoubt ? nil : $0.doubtedSince }
    }

    /// Since when the clock is doubted; `nil`: it is believed.
    var doubtedSince: Int64? { state.withLock { $0.doubtedSince } }

    /// What waits for a person.
    var paused: [(what: TimedDestruction, why: DestructionPause)] {
        state.withLock { $0.paused.map { ($0.key, $0.value) } }
            .sorted { $0.what.rawValue < $1.what.rawValue }
    }

    func noteStored(_ doubt: Int64) { state.withLock { $0.storedDoubt = doubt } }

    /// A person says that the clock is right.
    func confirmClock() {
        state.withLock {
            $0.doubtedSince = nil
            $0.storedDoubt = nil
            $0.paused = $0.paused.filter { $0.value != .clock }
        }
    }

    /// A person says that the next run may destroy so many.
    func confirm(_ what: TimedDestruction, upTo count: Int) {
        state.withLock { $0.confirmed[what] = count }
    }

    /// Permits a run, or notes why it waits.
    ///
    /// - Parameter last: When the log's last entry was made; `nil`: that can't be told.
    func permit(
        _ run: DestructionRun, at now: Int64, lastEntry last: Int64?
    ) -> PermittedDestruction? {
        note(now)
        if last.map({ now - $0 > Self.maximumLeadMilliseconds }) ?? true { doubt(at: now) }
        let pause = state.withLock { state in
            let pause = self.pause(of: run, state)
            state.paused[run.what] = pause
            // What somebody confirmed is used up.
            if pause == nil { state.confirmed[run.what] = nil }
            return pause
        }
        return pause == nil ? PermittedDestruction(guard: key, upTo: run.count) : nil
    }

    /// Nothing of it is due any more.
    func forgetPause(of what: TimedDestruction) { state.withLock { $0.paused[what] = nil } }

    private func doubt(at now: Int64) {
        state.withLock { if $0.doubtedSince == nil { $0.doubtedSince = now } }
    }

    private func pause(of run: DestructionRun, _ state: State) -> DestructionPause? {
        guard state.doubtedSince == nil else { return .clock }
        if let confirmed = state.confirmed[run.what], run.count <= confirmed { return nil }
        if let previewed = run.previewed, run.count > previewed {
            return .preview(count: run.count, limit: previewed)
        }
        guard let living = run.living else { return nil }
        // Down, so that the cap is never more than it says; but a vault of a few records keeps its rules.
        let cap = max(1, living * capPercent / 100)
        return run.count > cap ? .cap(count: run.count, limit: cap) : nil
    }
}
