import Synchronization

@testable import VaultServer

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_000_000)

    var clock: MonotonicClock {
        MonotonicClock { self.milliseconds.load(ordering: .sequentiallyConsistent) }
    }

    func advance(seconds: Double) {
        milliseconds.add(Int64(seconds * 1000), ordering: .sequentiallyConsistent)
    }
}
