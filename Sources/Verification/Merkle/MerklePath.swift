/// The way from a node up to the root, as both verifications of RFC 9162 walk it (2.1.3.2 and
/// 2.1.4.2, where `node` is fn and `last` is sn).
struct MerklePath {
    enum Side { case left, right }

    /// The node's index on its level.
    private var node: UInt64
    /// The index of the last node of that level.
    private var last: UInt64

    /// A way from the node with index `node`, on a level whose last node has index `last`.
    init(from node: UInt64, last: UInt64) {
        self.node = node
        self.last = last
    }

    var isAtRoot: Bool { last == 0 }

    /// Goes up to the next node that has two children, and says on which side of the way the other
    /// child lies; nil at the root, above which there is nothing.
    mutating func ascend() -> Side? {
        guard !isAtRoot else { return nil }
        let isRight = node & 1 == 1 || node == last
        // The last node of a level, where it has no sibling, stands for its parent too.
        let levels = isRight ? node.trailingZeroBitCount + 1 : 1
        node >>= levels
        last >>= levels
        return isRight ? .left : .right
    }
}
