/// How often something was done in the last hour, by the minute, and how often it is being done.
struct HourlyTally {
    static let windowSeconds: Int64 = 3600
    static let slotSeconds: Int64 = 60

    /// How often in each minute, the newest last.
    private var minutes: [(minute: Int64, count: Int)] = []
    /// What is under way and may yet come to nothing.
    private(set) var reserved = 0

    /// Reserves one; `nil` once it is, or how many seconds to wait.
    mutating func reserve(limit: Int, at now: Int64) -> Int64? {
        minutes.removeAll { now - $0.minute * Self.slotSeconds >= Self.windowSeconds }
        guard minutes.reduce(reserved, { $0 + $1.count }) < limit else {
            return Self.wait(since: minutes.first.map { $0.minute * Self.slotSeconds } ?? .max, now)
        }
        reserved += 1
        return nil
    }

    /// Ends a reservation.
    mutating func end(counts: Bool, at now: Int64) {
        reserved -= 1
        if counts { note(at: now) }
    }

    /// Counts one.
    mutating func note(at seconds: Int64) {
        let minute = seconds / Self.slotSeconds
        if let last = minutes.indices.last, minutes[last].minute >= minute {
            minutes[last].count += 1
        } else {
            minutes.append((minute, 1))
        }
    }

    /// What was counted ahead of a clock that was set back counts as of now.
    mutating func setBack(to now: Int64) {
        let minute = now / Self.slotSeconds
        let ahead = minutes.reduce(0) { $1.minute > minute ? $0 + $1.count : $0 }
        minutes.removeAll { $0.minute > minute }
        if ahead > 0 { minutes.append((minute, ahead)) }
    }

    /// How many seconds until what was counted then counts no more.
    static func wait(since seconds: Int64, _ now: Int64) -> Int64 {
        guard seconds <= now else { return windowSeconds }
        return max(1, seconds + windowSeconds - now)
    }
}
