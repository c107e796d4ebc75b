public import Cryptography

/// What has to be read from a log to prove something, and how it becomes the proof.
///
/// A plan reads nothing itself, so it suits any store: fetch ``leafRanges`` from the leaf hashes and
/// ``nodes`` from ``MerkleBlocks`` or wherever complete subtrees are kept, then give both to
/// ``hashes(leaves:nodes:)``. However large the log, it asks for at most two ranges of leaf hashes
/// and two subtrees for each level from 8 upwards.
public struct MerkleProofPlan: Sendable, Equatable {
    /// The leaf hashes to read, in ascending order: at most two ranges, each within one block of
    /// ``MerkleBlocks/leafCount`` leaves.
    public let leafRanges: [Range<UInt64>]
    /// The complete subtrees to read, each of level ``MerkleBlocks/level`` or above.
    public let nodes: [MerkleNode]
    /// For each hash of the proof, the complete subtrees that it joins.
    private let elements: [[MerkleNode]]

    private init(_ ranges: [Range<UInt64>]) {
        elements = ranges.map(MerkleNode.covering)
        let all = elements.joined()
        nodes = all.filter { $0.level >= MerkleBlocks.level }
        leafRanges = Self.ranges(holding: all.filter { $0.level < MerkleBlocks.level })
    }

    /// The proof that a tree of `size` leaves has its leaf `index` (RFC 9162, 2.1.3.1).
    ///
    /// - Throws: `outOfRange` unless index < size ≤ ``MerkleTree/maximumSize``.
    public static func inclusion(
        of index: UInt64, size: UInt64
    ) throws(MerkleError) -> MerkleProofPlan {
        guard index < size, size <= MerkleTree.maximumSize else { throw .outOfRange }
        var siblings: [Range<UInt64>] = []
        var tree = 0..<size
        while tree.count > 1 {
            let (left, right) = halves(of: tree)
            siblings.append(index < right.lowerBound ? right : left)
            tree = index < right.lowerBound ? left : right
        }
        return MerkleProofPlan(siblings.reversed())
    }

    /// The proof that a tree of `second` leaves begins with the tree of its `first` leaves (RFC
    /// 9162, 2.1.4.1); for one size twice it has no hashes.
    ///
    /// - Throws: `outOfRange` unless 0 < first ≤ second ≤ ``MerkleTree/maximumSize``: that any tree
    ///   begins with the empty one needs no proof.
    public static func consistency(
        from first: UInt64, to second: UInt64
    ) throws(MerkleError) -> MerkleProofPlan {
        guard first > 0, first <= second, second <= MerkleTree.maximumSize else {
            throw .outOfRange
        }
        var ranges: [Range<UInt64>] = []
        var tree = 0..<second
        while tree.upperBound != first {
            let (left, right) = halves(of: tree)
            ranges.append(first <= right.lowerBound ? right : left)
            tree = first <= right.lowerBound ? left : right
        }
        // What the search ends on is the first tree itself, whose root the verifier has, or else
        // the last of the subtrees that make it up.
        if tree.lowerBound > 0 { ranges.append(tree) }
        return MerkleProofPlan(ranges.reversed())
    }

    /// The root of the tree that the log's first `size` leaves made, as a proof of one hash.
    ///
    /// - Throws: `outOfRange` beyond ``MerkleTree/maximumSize``.
    public static func root(size: UInt64) throws(MerkleError) -> MerkleProofPlan {
        guard size <= MerkleTree.maximumSize else { throw .outOfRange }
        return MerkleProofPlan([0..<size])
    }

    /// The proof's hashes, from the leaves upwards.
    ///
    /// - Parameters:
    ///   - leaves: For each of ``leafRanges``, the leaf hashes in it.
    ///   - nodes: For each of ``nodes``, its hash.
    /// - Throws: `wrongHashCount` when there are more or fewer than that.
    public func hashes(
        leaves: [[Digest32]], nodes: [Digest32]
    ) throws(MerkleError) -> [Digest32] {
        guard nodes.count == self.nodes.count, leaves.map(\.count) == leafRanges.map(\.count) else {
            throw .wrongHashCount
        }
        var unused = nodes[...]
        return elements.map { subtrees in
            let hashes = subtrees.map { node in
                node.level < MerkleBlocks.level
                    ? root(of: node, leaves: leaves) : unused.removeFirst()
            }
            return MerkleTree.root(joining: hashes)
        }
    }

    /// The hash of a subtree below a block's root, from the leaves that were read.
    private func root(of node: MerkleNode, leaves: [[Digest32]]) -> Digest32 {
        let wanted = node.leaves
        for (range, hashes) in zip(leafRanges, leaves) where range.contains(wanted.lowerBound) {
            let start = Int(wanted.lowerBound - range.lowerBound)
            return MerkleTree.root(of: hashes[start..<(start + wanted.count)])
        }
        preconditionFailure("a plan's ranges hold the leaves of all its subtrees")
    }

    /// Where the tree over a range of leaves divides: at the largest power of two below its count.
    private static func halves(
        of tree: Range<UInt64>
    ) -> (left: Range<UInt64>, right: Range<UInt64>) {
        let last = tree.upperBound - tree.lowerBound - 1
        let middle = tree.lowerBound + 1 << (63 - last.leadingZeroBitCount)
        return (tree.lowerBound..<middle, middle..<tree.upperBound)
    }

    /// One range for each block of leaves that any of the subtrees lie in. The gaps between them
    /// are read too: a proof's subtrees fill a block but for the leaf that is proved.
    private static func ranges(holding nodes: [MerkleNode]) -> [Range<UInt64>] {
        var ranges: [UInt64: Range<UInt64>] = [:]
        for leaves in nodes.map(\.leaves) {
            let block = leaves.lowerBound / MerkleBlocks.leafCount
            let known = ranges[block] ?? leaves
            ranges[block] =
                min(known.lowerBound, leaves.lowerBound)..<max(known.upperBound, leaves.upperBound)
        }
        return ranges.values.sorted { $0.lowerBound < $1.lowerBound }
    }
}
