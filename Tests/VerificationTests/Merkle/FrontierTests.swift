import Cryptography
import Testing
import Verification

@Suite struct FrontierTests {
    private static let size: UInt64 = 130
    private let tree = NaiveTree(size: Int(size))

    private func frontier(_ size: UInt64) -> MerkleFrontier {
        var frontier = MerkleFrontier()
        for leaf in tree.leaves(0..<size) { frontier.append(leaf) }
        return frontier
    }

    /// The leaves with which the tests of Certificate Transparency begin, and the roots over the
    /// first of them.
    @Test func rootsOfCertificateTransparencyAgree() {
        let entries: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
            [UInt8](0x50...0x57), [UInt8](0x60...0x6f),
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        for (size, root) in roots.enumerated() {
            let leaves = entries.prefix(size).map { MerkleTree.leafHash($0) }
            #expect(hex(MerkleTree.root(of: leaves).bytes) == root, "size \(size)")
        }
    }

    @Test func hashesOfLeavesAndNodesAreApart() {
        let (left, right) = (SHA256.hash([1]), SHA256.hash([2]))
        let both = left.bytes + right.bytes
        #expect(MerkleTree.leafHash(both) == SHA256.hash([0] + both))
        #expect(MerkleTree.nodeHash(left, right) == SHA256.hash([1] + both))
        #expect(MerkleTree.nodeHash(left, right) != MerkleTree.nodeHash(right, left))
        #expect(MerkleTree.emptyRoot == SHA256.hash([]))
    }

    @Test func allSmallTreesAgreeWithTheDefinition() {
        var frontier = MerkleFrontier()
        for size in 0...Self.size {
            #expect(frontier.head == tree.head(size))
            #expect(frontier.root == MerkleTree.root(of: tree.leaves(0..<size)))
            #expect(frontier.subtrees.count == size.nonzeroBitCount)
            if size < Self.size { frontier.append(tree.leaf(size)) }
        }
    }

    @Test func keptFrontiersGoOn() throws {
        for size in 0..<Self.size {
            let kept = frontier(size)
            var restored = try MerkleFrontier(size: size, subtrees: kept.subtrees)
            #expect(restored == kept)
            restored.append(tree.leaf(size))
            #expect(restored.head == tree.head(size + 1))
        }
    }

    @Test func everyCompletedSubtreeIsLentOnce() {
        var lent: [MerkleNode: Digest32] = [:]
        var frontier = MerkleFrontier()
        for index in 0..<Self.size {
            frontier.append(tree.leaf(index)) { node, hash in
                #expect(node.level > 0)
                #expect(node.leaves.upperBound == index + 1)
                #expect(hash == tree.root(node.leaves))
                #expect(lent.updateValue(hash, forKey: node) == nil)
            }
        }
        let expected = (1...7).reduce(0) { $0 + Int(Self.size) >> $1 }
        #expect(lent.count == expected)
    }

    @Test func wrongCountsAndSizesAreRefused() {
        let hashes = frontier(7).subtrees
        func error(_ size: UInt64, _ subtrees: [Digest32]) -> MerkleError? {
            do {
                _ = try MerkleFrontier(size: size, subtrees: subtrees)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(7, hashes) == nil)
        #expect(error(7, hashes + hashes) == .wrongHashCount)
        #expect(error(7, Array(hashes.dropLast())) == .wrongHashCount)
        #expect(error(6, hashes) == .wrongHashCount)
        #expect(error(0, hashes) == .wrongHashCount)
        #expect(error(.max, hashes) == .outOfRange)
        #expect(error(MerkleTree.maximumSize + 1, [hashes[0]]) == .outOfRange)
        let most = [Digest32](repeating: hashes[0], count: 63)
        #expect(error(MerkleTree.maximumSize, most) == nil)
    }

    /// Another tree's frontier can be loaded, but its root is another.
    @Test func foreignSubtreesShowInTheRoot() throws {
        let kept = frontier(7)
        for place in kept.subtrees.indices {
            var altered = kept.subtrees
            altered[place] = tree.leaf(100)
            let restored = try MerkleFrontier(size: 7, subtrees: altered)
            #expect(restored.root != kept.root)
        }
    }
}
