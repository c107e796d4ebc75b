/// The place of a complete subtree: the `index`th, from the left, of those with 2^`level` leaves.
///
/// Only this module makes one, from checked sizes, so that its leaves always lie within a tree.
public struct MerkleNode: Hashable, Sendable {
    /// How many levels above the leaves its root lies, 0 to 62.
    public let level: Int
    /// How many subtrees of this level lie to its left.
    public let index: UInt64

    init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The indexes of its leaves.
    public var leaves: Range<UInt64> { index << level..<(index + 1) << level }

    /// The complete subtrees that make up a range of leaves, the largest first. The range must
    /// begin at a multiple of the power of two that its length does not exceed.
    static func covering(_ range: Range<UInt64>) -> [MerkleNode] {
        var nodes: [MerkleNode] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let level = 63 - (range.upperBound - start).leadingZeroBitCount
            nodes.append(MerkleNode(level: level, index: start >> level))
            start += 1 << level
        }
        return nodes
    }
}
