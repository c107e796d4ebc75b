import Synchronization

/// How many requests callers without any grant may make, each uid for itself: a token bucket, which holds
/// twice what flows in within a second.
final class StrangerLimiter: Sendable {
    private struct Bucket {
        /// In thousandths of a request.
        var level: Int64
        var atMilliseconds: Int64
    }

    private static let maximumCallers = 4096

    private let requestsPerSecond: Int64
    private let clock: MonotonicClock
    private let buckets = Mutex<[UInt32: Bucket]>([:])

    init(requestsPerSecond: Int, clock: MonotonicClock = .system) {
        self.requestsPerSecond = Int64(requestsPerSecond)
        self.clock = clock
    }

    /// Takes a request out of the bucket of a uid; `false`: there is none left.
    func admit(_ uid: UInt32) -> Bool {
        let now = clock.nowMilliseconds()
        let full = 2 * requestsPerSecond * 1000
        return buckets.withLock { buckets in
            if buckets.count >= Self.maximumCallers {
                buckets = buckets.filter { refilled($0.value, now, full) < full }
            }
            let known = buckets[uid] ?? Bucket(level: full, atMilliseconds: now)
            var bucket = Bucket(level: refilled(known, now, full), atMilliseconds: now)
            let isAdmitted = bucket.level >= 1000
            if isAdmitted { bucket.level -= 1000 }
            buckets[uid] = bucket
            return isAdmitted
        }
    }

    private func refilled(_ bucket: Bucket, _ now: Int64, _ full: Int64) -> Int64 {
        let flown = (now - bucket.atMilliseconds) * requestsPerSecond
        return min(full, bucket.level + flown)
    }
}
