import Storage
import Synchronization

/// Whether a store may still be used; shared by its connections.
final class Health: Sendable {
    private enum State {
        static let serving: UInt8 = 0
        static let failed: UInt8 = 1
        static let closed: UInt8 = 2
    }

    private let state = Atomic<UInt8>(State.serving)

    /// Throws unless the store serves.
    func check() throws(StoreError) {
        guard state.load(ordering: .acquiring) == State.serving else { throw .closed }
    }

    /// Ends all service after an I/O error; nothing brings it back.
    func fail() {
        state.store(State.failed, ordering: .sequentiallyConsistent)
    }

    /// Ends service in good order.
    ///
    /// - Returns: Whether there is anything to close: not after a failure or an earlier close.
    func close() -> Bool {
        state.compareExchange(
            expected: State.serving, desired: State.closed, ordering: .sequentiallyConsistent
        ).exchanged
    }
}
