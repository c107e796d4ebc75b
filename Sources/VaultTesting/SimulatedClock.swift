import Synchronization
public import Vault

/// A time of day that stands still until a test moves it.
public final class SimulatedClock: WallClock {
    private let milliseconds: Atomic<Int64>

    /// A clock that shows a moment, in Unix milliseconds; 22 November 2026 at noon unless told.
    public init(milliseconds: Int64 = 1_795_348_800_000) {
        self.milliseconds = Atomic(milliseconds)
    }

    /// Unix time in milliseconds.
    public var nowMilliseconds: Int64 { milliseconds.load(ordering: .sequentiallyConsistent) }

    /// Unix time in seconds.
    public var seconds: Int64 { nowMilliseconds / 1000 }

    /// Moves on, or back.
    public func advance(seconds: Int64) {
        milliseconds.add(seconds * 1000, ordering: .sequentiallyConsistent)
    }
}
