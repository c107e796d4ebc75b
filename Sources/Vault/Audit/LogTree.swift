import Cryptography
import Storage
import Synchronization
import Verification

/// The Merkle tree over the audit log, in memory: the right edge, and the roots of complete blocks.
///
/// Whoever commits appends to it. Its head covers synced entries alone: what a power loss may take is
/// in no checkpoint.
final class LogTree: Sendable {
    private struct State {
        var frontier = MerkleFrontier()
        var blocks = MerkleBlocks()
        /// Leaves behind the frontier: committed, and not known to be synced.
        var unsynced: [LeafHash] = []
    }

    private static let pageCount = 16_384
    private let state = Mutex(State())

    /// The tree over all entries of a store, which is read in pages.
    ///
    /// - Parameter passing: Is shown the head at each of `sizes`, which ascend, on the way.
    static func load(
        from store: any VaultStore, sizes: [UInt64] = [], passing: (TreeHead) -> Void = { _ in }
    ) async throws(StoreError) -> LogTree {
        let tree = LogTree()
        var sizes = sizes[...]
        while true {
            let page = try await store.leafHashes(after: tree.size, limit: pageCount)
            guard !page.isEmpty else { return tree }
            var rest = page[...]
            let end = tree.size + UInt64(page.count)
            while let size = sizes.first, size <= end {
                tree.appendSynced(rest.prefix(Int(size - min(size, tree.size))))
                rest = page.suffix(Int(end - tree.size))
                passing(tree.head)
                sizes.removeFirst()
            }
            tree.appendSynced(rest)
        }
    }

    /// How many entries there are, synced or not.
    var size: UInt64 {
        state.withLock { $0.frontier.size + UInt64($0.unsynced.count) }
    }

    /// Size and root of the synced log.
    var head: TreeHead { state.withLock { $0.frontier.head } }

    /// Entries that were read from the disk.
    private func appendSynced(_ leaves: ArraySlice<LeafHash>) {
        append(Array(leaves))
        noteSynced(upTo: size)
    }

    func append(_ leaves: [LeafHash]) {
        state.withLock { $0.unsynced += leaves }
    }

    /// Everything up to `size` entries is on disk.
    func noteSynced(upTo size: UInt64) {
        state.withLock { state in
            let count = Int(size - min(size, state.frontier.size))
            guard count > 0 else { return }
            for leaf in state.unsynced.prefix(count) {
                state.frontier.append(leaf.digest) { node, hash in
                    if node.level == MerkleBlocks.level { state.blocks.append(hash) }
                }
            }
            state.unsynced.removeFirst(min(count, state.unsynced.count))
        }
    }

    /// The hashes of complete subtrees of 256 leaves and more.
    func hashes(of nodes: [MerkleNode]) throws(MerkleError) -> [Digest32] {
        let blocks = state.withLock { $0.blocks }
        return try blocks.hashes(of: nodes)
    }
}

extension LogTree {
    /// The hashes that a plan asks for, from the tree and from the leaf hashes of the store.
    func hashes(
        for plan: MerkleProofPlan, from store: any VaultStore
    ) async throws(VaultError) -> [Digest32] {
        var leaves: [[Digest32]] = []
        for range in plan.leafRanges {
            do throws(StoreError) {
                leaves.append(
                    try await store.leafHashes(after: range.lowerBound, limit: range.count)
                        .map(\.digest))
            } catch {
                throw VaultError(error)
            }
        }
        do throws(MerkleError) {
            return try plan.hashes(leaves: leaves, nodes: hashes(of: plan.nodes))
        } catch {
            throw VaultError(.damaged, detail: "the log's tree: \(error.code)")
        }
    }
}
