import Glibc

/// The time of day; tests simulate it.
public protocol WallClock: Sendable {
    /// Unix time in milliseconds.
    var nowMilliseconds: Int64 { get }
}

extension WallClock {
    /// Unix time in seconds.
    var nowSeconds: Int64 { nowMilliseconds / 1000 }
}

/// The host's clock.
public struct SystemWallClock: WallClock {
    /// Makes the clock.
    public init() {}

    /// Unix time in milliseconds, from CLOCK_REALTIME.
    public var nowMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
