public import Cryptography

/// The Merkle tree of RFC 9162, section 2.1 (and RFC 6962), over SHA-256: its hashes and its limits.
///
/// Nothing here allocates for a hash.
public enum MerkleTree {
    /// The largest tree, in leaves: as many as a signed integer of 64 bits counts.
    public static let maximumSize = UInt64(Int64.max)
    /// The longest proof that a tree of ``maximumSize`` needs, in hashes.
    public static let maximumProofCount = 64

    // Leaves and nodes are hashed apart, so that no node passes for an entry of 64 bytes.
    private static let leafPrefix: UInt8 = 0
    private static let nodePrefix: UInt8 = 1

    /// The root of a tree without leaves.
    public static let emptyRoot = SHA256.hash([])

    /// The hash of an entry: SHA-256(00 ‖ entry).
    public static func leafHash(_ entry: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256()
        hasher.update(leafPrefix)
        hasher.update(entry)
        return hasher.finalize()
    }

    /// The hash of an entry: SHA-256(00 ‖ entry).
    public static func leafHash(_ entry: [UInt8]) -> Digest32 {
        entry.withUnsafeBytes { leafHash($0) }
    }

    /// The hash of a node: SHA-256(01 ‖ left ‖ right).
    public static func nodeHash(_ left: Digest32, _ right: Digest32) -> Digest32 {
        var hasher = SHA256()
        hasher.update(nodePrefix)
        hasher.update(left)
        hasher.update(right)
        return hasher.finalize()
    }

    /// The root of the tree over leaf hashes, in their order.
    public static func root(of leaves: some Sequence<Digest32>) -> Digest32 {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    /// The root over complete subtrees that lie side by side, each larger than the next.
    static func root(joining subtrees: some BidirectionalCollection<Digest32>) -> Digest32 {
        guard let last = subtrees.last else { return emptyRoot }
        return subtrees.dropLast().reversed().reduce(last) { nodeHash($1, $0) }
    }
}
