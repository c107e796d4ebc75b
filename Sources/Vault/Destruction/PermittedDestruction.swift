/// Proof that time may destroy so much now: that the clock is believed, and that the run is neither larger
/// than its preview nor than the cap. Only ``DestructionGuard`` can make one, and it holds for one run.
struct PermittedDestruction: ~Copyable {
    private var remaining: Int

    /// For ``DestructionGuard`` alone.
    init(guard: borrowing DestructionGuard.Key, upTo count: Int) {
        remaining = count
    }

    /// Takes from what was permitted, before it is destroyed; `false`, and nothing is taken, where that is
    /// more than is left.
    mutating func take(_ count: Int) -> Bool {
        guard count <= remaining else { return false }
        remaining -= count
        return true
    }

    /// Takes one, as proof for what destroys it; `nil`: none is left.
    mutating func takeOne() -> DestructionShare? { take(1) ? DestructionShare() : nil }
}

/// Proof that time may destroy one thing now.
struct DestructionShare: Sendable {
    fileprivate init() {}
}
