import Synchronization

/// Lets passphrases be tried one at a time, and few a minute.
final class UnsealAttempts: Sendable {
    private struct State {
        var isUnderWay = false
        /// The wrong ones of the last minute, in milliseconds of the monotonic clock.
        var wrong: [Int64] = []
        var wrongInAll = 0
    }

    private static let wrongPerMinute = 5
    private static let minuteMilliseconds: Int64 = 60_000

    private let clock: MonotonicClock
    private let state = Mutex(State())

    init(clock: MonotonicClock = .system) {
        self.clock = clock
    }

    /// How many were wrong since the start.
    var wrongInAll: Int { state.withLock { $0.wrongInAll } }

    /// Begins an attempt.
    ///
    /// - Returns: `nil`, or how many seconds to wait.
    func begin() -> Int? {
        let now = clock.nowMilliseconds()
        return state.withLock { state in
            if state.isUnderWay { return 1 }
            state.wrong.removeAll { now - $0 >= Self.minuteMilliseconds }
            if state.wrong.count >= Self.wrongPerMinute {
                let wait = state.wrong[0] + Self.minuteMilliseconds - now
                return Int((wait + 999) / 1000)
            }
            state.isUnderWay = true
            return nil
        }
    }

    /// Ends it.
    func end(isWrong: Bool) {
        let now = clock.nowMilliseconds()
        state.withLock { state in
            state.isUnderWay = false
            guard isWrong else { return }
            state.wrong.append(now)
            state.wrongInAll += 1
        }
    }
}
