public import Cryptography

/// The complete subtrees of 256 leaves and of every level above, in memory: 64 bytes for each 256
/// leaves, 2.5 MB for ten million. With it, a proof reads nothing from a store but the leaf hashes of
/// two blocks.
public struct MerkleBlocks: Sendable {
    /// The level of a block's root.
    public static let level = 8
    /// How many leaves a block has.
    public static let leafCount: UInt64 = 1 << level

    /// From level 8 upwards, the hashes of all complete subtrees of that level.
    private var levels: [[Digest32]] = []

    /// No blocks.
    public init() {}

    /// The levels over the roots of the first blocks of a tree, from left to right, as they were
    /// kept.
    public init(_ roots: some Sequence<Digest32>) {
        for root in roots { append(root) }
    }

    /// How many blocks are held.
    public var count: Int { levels.first?.count ?? 0 }

    /// Takes the root of the next complete block.
    public mutating func append(_ root: Digest32) {
        var hash = root
        for level in 0... {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            let count = levels[level].count
            guard count.isMultiple(of: 2) else { return }
            hash = MerkleTree.nodeHash(levels[level][count - 2], hash)
        }
    }

    /// The hash of a complete subtree; nil for one below level 8, or whose blocks are not held.
    public func hash(of node: MerkleNode) -> Digest32? {
        let level = node.level - Self.level
        guard levels.indices.contains(level), node.index < UInt64(levels[level].count) else {
            return nil
        }
        return levels[level][Int(node.index)]
    }

    /// The hashes of complete subtrees, in the order asked for.
    ///
    /// - Throws: `missingHash` when one is not held.
    public func hashes(of nodes: [MerkleNode]) throws(MerkleError) -> [Digest32] {
        let hashes = nodes.compactMap(hash(of:))
        guard hashes.count == nodes.count else { throw .missingHash }
        return hashes
    }
}
