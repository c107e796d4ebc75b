import Synchronization

/// Counts what the writer has committed to `vault.db`: after each COMMIT, before anyone is answered.
///
/// A reader that took the number before its snapshot began shows all those commits.
final class CommitCount: Sendable {
    private let count = Atomic<UInt64>(0)

    var now: UInt64 { count.load(ordering: .acquiring) }

    func advance() { count.add(1, ordering: .releasing) }
}
