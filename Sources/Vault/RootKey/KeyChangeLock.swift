import Synchronization

/// Lets one change of the keyring be under way at a time: a rotation, or another root key.
public final class KeyChangeLock: Sendable {
    private let isTaken = Atomic(false)

    /// Begins a change; `false`: another one is under way.
    func begin() -> Bool {
        !isTaken.exchange(true, ordering: .acquiring)
    }

    /// Ends it.
    func end() {
        isTaken.store(false, ordering: .releasing)
    }
}
