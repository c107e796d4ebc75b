import Cryptography
import Verification

/// A log as a vault keeps one: leaf hashes to be read in ranges, blocks in memory. It counts what it
/// reads.
final class TreeLog {
    private let tree: NaiveTree
    private var blocks = MerkleBlocks()
    private(set) var largestRange = 0
    private(set) var mostRanges = 0

    init(_ tree: NaiveTree, size: UInt64) {
        self.tree = tree
        var frontier = MerkleFrontier()
        for leaf in tree.leaves(0..<size) {
            frontier.append(leaf) { node, hash in
                if node.level == MerkleBlocks.level { blocks.append(hash) }
            }
        }
    }

    func hashes(_ plan: MerkleProofPlan) throws(MerkleError) -> [Digest32] {
        mostRanges = max(mostRanges, plan.leafRanges.count)
        largestRange = max(largestRange, plan.leafRanges.map(\.count).max() ?? 0)
        return try plan.hashes(
            leaves: plan.leafRanges.map(tree.leaves), nodes: blocks.hashes(of: plan.nodes))
    }

    func inclusion(_ index: UInt64, size: UInt64) throws(MerkleError) -> InclusionProof {
        InclusionProof(
            index: index, hashes: try hashes(MerkleProofPlan.inclusion(of: index, size: size)))
    }

    func consistency(_ first: UInt64, _ second: UInt64) throws(MerkleError) -> ConsistencyProof {
        ConsistencyProof(hashes: try hashes(MerkleProofPlan.consistency(from: first, to: second)))
    }
}
