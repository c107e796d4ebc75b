import Synchronization

/// Keeps callers without any grant, or without any budget left, from filling the log: one entry a minute for
/// each uid and token.
final class RefusalSummary: Sendable {
    private struct Key: Hashable {
        let uid: UInt32
        let token: String?

        init(_ caller: Caller) {
            uid = caller.uid
            token = caller.token?.name
        }
    }

    private struct Minute {
        var minute: Int64
        /// Refusals that no entry stands for yet.
        var count: Int
        var caller: Caller
    }

    private static let maximumCallers = 10_000
    private let clock: any WallClock
    private let minutes = Mutex<[Key: Minute]>([:])

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// How many refusals the entry to be written now stands for; `nil` while this minute has one.
    func note(_ caller: Caller) -> Int? {
        let minute = clock.nowSeconds / 60
        return minutes.withLock { minutes in
            Self.makeRoom(&minutes)
            guard let known = minutes[Key(caller)] else {
                minutes[Key(caller)] = Minute(minute: minute, count: 0, caller: caller)
                return 1
            }
            guard known.minute == minute else {
                minutes[Key(caller)] = Minute(minute: minute, count: 0, caller: caller)
                return known.count + 1
            }
            minutes[Key(caller)]?.count += 1
            return nil
        }
    }

    /// Counts a refusal that gets no entry of its own; a later entry stands for it.
    func count(_ caller: Caller) {
        let minute = clock.nowSeconds / 60
        minutes.withLock { minutes in
            Self.makeRoom(&minutes)
            minutes[Key(caller), default: Minute(minute: minute, count: 0, caller: caller)]
                .count += 1
        }
    }

    /// The refusals that no entry stands for, of minutes that are over; with `isLast`, of this one too.
    /// Their entries count as those of this minute.
    func take(isLast: Bool = false) -> [(caller: Caller, count: Int)] {
        let minute = clock.nowSeconds / 60
        return minutes.withLock { minutes in
            var due: [(caller: Caller, count: Int)] = []
            for (key, known) in minutes where isLast || known.minute != minute {
                if known.count > 0 {
                    due.append((known.caller, known.count))
                    minutes[key] = Minute(minute: minute, count: 0, caller: known.caller)
                } else {
                    minutes[key] = nil
                }
            }
            return due
        }
    }

    private static func makeRoom(_ minutes: inout [Key: Minute]) {
        guard minutes.count >= maximumCallers else { return }
        minutes = minutes.filter { $0.value.count > 0 }
        if minutes.count >= maximumCallers { minutes.removeAll() }
    }
}
