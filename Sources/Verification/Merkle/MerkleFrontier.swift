public import Cryptography

/// The right edge of a growing tree: one hash for each complete subtree that makes it up, which is
/// one for each bit set in its size. Enough to append leaves and to give the root.
public struct MerkleFrontier: Sendable, Equatable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64 = 0
    /// The hashes of the complete subtrees from left to right, so the largest first; none in an
    /// empty tree, at most 63.
    public private(set) var subtrees: [Digest32] = []

    /// An empty tree.
    public init() {}

    /// A tree that goes on from where ``size`` and ``subtrees`` were kept. Whether the hashes are
    /// that tree's shows in its root.
    ///
    /// - Throws: `outOfRange` beyond ``MerkleTree/maximumSize``; `wrongHashCount` unless there is a
    ///   hash for each bit set in the size.
    public init(size: UInt64, subtrees: [Digest32]) throws(MerkleError) {
        guard size <= MerkleTree.maximumSize else { throw .outOfRange }
        guard subtrees.count == size.nonzeroBitCount else { throw .wrongHashCount }
        self.size = size
        self.subtrees = subtrees
    }

    /// Appends a leaf: one hash on average, one for each level at most.
    public mutating func append(_ leaf: Digest32) { append(leaf) { _, _ in } }

    /// Appends a leaf and lends each subtree of two leaves or more that it completed, the smallest
    /// first, for whoever keeps them (``MerkleBlocks``, a store).
    public mutating func append(
        _ leaf: Digest32, eachCompleted body: (MerkleNode, Digest32) -> Void
    ) {
        var hash = leaf
        var level = 0
        // As long as a subtree of the same height waits to the left.
        while (size >> level) & 1 == 1 {
            hash = MerkleTree.nodeHash(subtrees.removeLast(), hash)
            level += 1
            body(MerkleNode(level: level, index: size >> level), hash)
        }
        subtrees.append(hash)
        // Can't overflow: a frontier begins at 2⁶³ − 1 leaves at most, and no one appends 2⁶³ more.
        size += 1
    }

    /// The root of the tree: one hash for each complete subtree but one.
    public var root: Digest32 { MerkleTree.root(joining: subtrees) }

    /// Size and root of the tree.
    public var head: TreeHead { TreeHead(size: size, root: root) }
}
