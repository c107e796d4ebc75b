/// How long chains were when the writer last touched them, so that it need not search for the end of
/// one that thousands share, such as a family name's.
///
/// Guesses only: whoever uses one looks whether it still holds. By the tag of occurrence 0.
final class ChainLengths {
    private static let maximumCount = 65_536
    private var lengths: [Int64: UInt32] = [:]

    subscript(_ first: Int64) -> UInt32? {
        get { lengths[first] }
        set {
            if lengths.count >= Self.maximumCount { lengths.removeAll(keepingCapacity: true) }
            // Chains of one are found at once without.
            lengths[first] = newValue ?? 0 > 1 ? newValue : nil
        }
    }
}
