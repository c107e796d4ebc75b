/// What can be wrong with a request to a Merkle tree.
public enum MerkleError: Error, Hashable, Sendable {
    /// An index that the tree has no leaf at, a size that it never had, or one beyond
    /// ``MerkleTree/maximumSize``.
    case outOfRange
    /// More or fewer hashes than were asked for, or than a size has.
    case wrongHashCount
    /// A complete subtree that was asked for and is not held.
    case missingHash

    /// Stable identifier for machines.
    public var code: String {
        switch self {
        case .outOfRange: "merkle_out_of_range"
        case .wrongHashCount: "merkle_wrong_hash_count"
        case .missingHash: "merkle_missing_hash"
        }
    }
}

extension MerkleError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .outOfRange: "the tree has no such leaf or size: ask within the tree's size"
        case .wrongHashCount: "the number of hashes is not what the size or the request demands"
        case .missingHash: "the hash of a complete subtree is not held: add its blocks first"
        }
    }
}
