import Glibc

/// Time that only goes forward, for deadlines; tests put their own in.
struct MonotonicClock: Sendable {
    /// Milliseconds since some moment.
    let nowMilliseconds: @Sendable () -> Int64

    /// The system's clock, which stands still for no one.
    static let system = MonotonicClock {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
