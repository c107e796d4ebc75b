import Synchronization

/// What the whole server is about to do.
final class ServerState: Sendable {
    private let draining = Atomic(false)

    /// Whether the server stops: what has begun is answered, and nothing else.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Begins to stop.
    func drain() { draining.store(true, ordering: .relaxed) }
}
