import Synchronization

/// Keeps callers without any grant from filling the log: one entry per uid and minute.
final class RefusalSummary: Sendable {
    private struct Minute {
        var minute: Int64
        var count: Int
    }

    private static let maximumCallers = 10_000
    private let clock: any WallClock
    private let minutes = Mutex<[UInt32: Minute]>([:])

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// How many refusals the entry to be written now stands for; `nil` while this minute has one.
    func note(uid: UInt32) -> Int? {
        let minute = clock.nowSeconds / 60
        return minutes.withLock { minutes in
            if minutes.count >= Self.maximumCallers { minutes.removeAll() }
            guard let known = minutes[uid] else {
                minutes[uid] = Minute(minute: minute, count: 0)
                return 1
            }
            if known.minute == minute {
                minutes[uid]?.count += 1
                return nil
            }
            minutes[uid] = Minute(minute: minute, count: 0)
            return known.count + 1
        }
    }
}
