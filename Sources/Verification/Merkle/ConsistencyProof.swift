public import Cryptography

/// The proof that a tree only grew: that a later one begins with all the leaves of an earlier one
/// (RFC 9162, section 2.1.4).
public struct ConsistencyProof: Sendable, Equatable {
    /// The hashes, the lowest first.
    public let hashes: [Digest32]

    /// Takes a proof, whatever it is worth.
    public init(hashes: [Digest32]) { self.hashes = hashes }

    /// Whether the second tree begins with the first (RFC 9162, section 2.1.4.2).
    ///
    /// Two heads of one size need no hashes and must be the same. From an empty tree nothing is
    /// proved: that is false, unless both are empty.
    public func isValid(from first: TreeHead, to second: TreeHead) -> Bool {
        guard first.size <= second.size, second.size <= MerkleTree.maximumSize,
            hashes.count <= MerkleTree.maximumProofCount
        else { return false }
        guard first.size < second.size else {
            let isPossible = first.size > 0 || first.root == MerkleTree.emptyRoot
            return hashes.isEmpty && first == second && isPossible
        }
        var rest = hashes[...]
        // A first tree that is one complete subtree is where the path begins, and not listed.
        let isComplete = first.size.nonzeroBitCount == 1
        guard first.size > 0, let start = isComplete ? first.root : rest.popFirst() else {
            return false
        }
        return Self.isValid(rest, from: start, first: first, second: second)
    }

    /// Follows the path from the last complete subtree of the first tree up to both roots.
    private static func isValid(
        _ hashes: ArraySlice<Digest32>, from start: Digest32, first: TreeHead, second: TreeHead
    ) -> Bool {
        let height = first.size.trailingZeroBitCount
        var path = MerklePath(
            from: (first.size - 1) >> height, last: (second.size - 1) >> height)
        var (firstRoot, secondRoot) = (start, start)
        for hash in hashes {
            switch path.ascend() {
            case .left:
                firstRoot = MerkleTree.nodeHash(hash, firstRoot)
                secondRoot = MerkleTree.nodeHash(hash, secondRoot)
            case .right: secondRoot = MerkleTree.nodeHash(secondRoot, hash)
            case nil: return false
            }
        }
        return path.isAtRoot && firstRoot == first.root && secondRoot == second.root
    }
}
