public import Cryptography

/// The proof that a tree has a certain leaf at a certain index (RFC 9162, section 2.1.3).
public struct InclusionProof: Sendable, Equatable {
    /// The leaf's index, from 0.
    public let index: UInt64
    /// The siblings of the nodes from the leaf to the root, the lowest first.
    public let hashes: [Digest32]

    /// Takes a proof, whatever it is worth.
    public init(index: UInt64, hashes: [Digest32]) {
        self.index = index
        self.hashes = hashes
    }

    /// Whether the tree has this leaf at ``index`` (RFC 9162, section 2.1.3.2). Take the head from a
    /// checkpoint: a root alone stands for every size under which the leaf's path looks the same.
    ///
    /// - Parameters:
    ///   - leaf: The entry's ``MerkleTree/leafHash(_:)``.
    ///   - head: Size and root of the tree.
    public func isValid(leaf: Digest32, in head: TreeHead) -> Bool {
        guard index < head.size, head.size <= MerkleTree.maximumSize,
            hashes.count <= MerkleTree.maximumProofCount
        else { return false }
        var path = MerklePath(from: index, last: head.size - 1)
        var root = leaf
        for hash in hashes {
            switch path.ascend() {
            case .left: root = MerkleTree.nodeHash(hash, root)
            case .right: root = MerkleTree.nodeHash(root, hash)
            case nil: return false
            }
        }
        return path.isAtRoot && root == head.root
    }
}
