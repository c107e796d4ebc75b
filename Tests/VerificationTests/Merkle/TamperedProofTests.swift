import Cryptography
import Testing
import Verification

/// Proofs altered in every place: none may pass.
@Suite struct TamperedProofTests {
    private static let sizes: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31, 32, 33, 40]
    private let tree = NaiveTree(size: 130)

    /// Each list that differs from a proof's in one place: a bit flipped, a hash dropped, added,
    /// doubled, or exchanged with another.
    private func alterations(
        of hashes: [Digest32], using generator: inout SeededGenerator
    ) throws -> [(label: String, hashes: [Digest32])] {
        var all: [(label: String, hashes: [Digest32])] = []
        let other = tree.leaf(129)
        for place in 0...hashes.count {
            var added = hashes
            added.insert(other, at: place)
            all.append(("added at \(place)", added))
            guard place < hashes.count else { continue }
            let bit = Int.random(in: 0..<256, using: &generator)
            var flipped = hashes
            flipped[place] = try Self.flipped(bit, of: hashes[place])
            all.append(("bit \(bit) flipped at \(place)", flipped))
            var dropped = hashes
            dropped.remove(at: place)
            all.append(("dropped at \(place)", dropped))
            var doubled = hashes
            doubled.insert(hashes[place], at: place)
            all.append(("doubled at \(place)", doubled))
            for partner in hashes.indices.dropFirst(place + 1) {
                var swapped = hashes
                swapped.swapAt(place, partner)
                all.append(("\(place) and \(partner) swapped", swapped))
            }
        }
        return all
    }

    private static func flipped(_ bit: Int, of hash: Digest32) throws -> Digest32 {
        var bytes = hash.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return try #require(Digest32(bytes))
    }

    @Test func alteredInclusionFails() throws {
        var generator = SeededGenerator()
        for size in Self.sizes {
            let head = tree.head(size)
            for index in 0..<size {
                let proof = tree.inclusion(index, size: size)
                let leaf = tree.leaf(index)
                #expect(proof.isValid(leaf: leaf, in: head))
                for (label, hashes) in try alterations(of: proof.hashes, using: &generator) {
                    let altered = InclusionProof(index: index, hashes: hashes)
                    #expect(!altered.isValid(leaf: leaf, in: head), "\(index), \(size): \(label)")
                }
                for wrong in [MerkleTree.emptyRoot, tree.leaf(129)] {
                    #expect(!proof.isValid(leaf: wrong, in: head))
                    #expect(!proof.isValid(leaf: leaf, in: TreeHead(size: size, root: wrong)))
                }
            }
        }
    }

    @Test func everyBitOfAnInclusionProofCounts() throws {
        let (index, size): (UInt64, UInt64) = (11, 21)
        let (proof, leaf, head) = (
            tree.inclusion(index, size: size), tree.leaf(index), tree.head(size)
        )
        for bit in 0..<256 {
            for place in proof.hashes.indices {
                var hashes = proof.hashes
                hashes[place] = try Self.flipped(bit, of: hashes[place])
                #expect(!InclusionProof(index: index, hashes: hashes).isValid(leaf: leaf, in: head))
            }
            #expect(!proof.isValid(leaf: try Self.flipped(bit, of: leaf), in: head))
            let root = try Self.flipped(bit, of: head.root)
            #expect(!proof.isValid(leaf: leaf, in: TreeHead(size: size, root: root)))
        }
    }

    @Test func wrongIndexFails() {
        for size in Self.sizes {
            for index in 0..<size {
                let hashes = tree.inclusion(index, size: size).hashes
                for wrong in [UInt64](0...(size + 1)) + [.max, .max - 1] where wrong != index {
                    let moved = InclusionProof(index: wrong, hashes: hashes)
                    #expect(
                        !moved.isValid(leaf: tree.leaf(index), in: tree.head(size)),
                        "\(index) as \(wrong) of \(size)")
                }
            }
        }
    }

    /// A root does not bind its size: the same root under another size passes where the leaf's path
    /// has the same shape, and nowhere else. With the other size's own root it never does.
    @Test func wrongSizeFails() {
        for size in Self.sizes {
            for index in 0..<size {
                let (proof, leaf) = (tree.inclusion(index, size: size), tree.leaf(index))
                for wrong in UInt64(0)...45 where wrong != size {
                    #expect(!proof.isValid(leaf: leaf, in: tree.head(wrong)))
                    let isSameShape =
                        index < wrong
                        && NaiveTree.sides(index, in: 0..<wrong)
                            == NaiveTree.sides(index, in: 0..<size)
                    let head = TreeHead(size: wrong, root: tree.head(size).root)
                    #expect(proof.isValid(leaf: leaf, in: head) == isSameShape)
                }
            }
        }
    }

    @Test func alteredConsistencyFails() throws {
        var generator = SeededGenerator()
        for second in Self.sizes {
            for first in 1...second {
                let (before, after) = (tree.head(first), tree.head(second))
                let proof = tree.consistency(first, second)
                #expect(proof.isValid(from: before, to: after))
                for (label, hashes) in try alterations(of: proof.hashes, using: &generator) {
                    #expect(
                        !ConsistencyProof(hashes: hashes).isValid(from: before, to: after),
                        "\(first), \(second): \(label)")
                }
                let wrong = tree.leaf(129)
                #expect(!proof.isValid(from: TreeHead(size: first, root: wrong), to: after))
                #expect(!proof.isValid(from: before, to: TreeHead(size: second, root: wrong)))
                if first < second { #expect(!proof.isValid(from: after, to: before)) }
            }
        }
    }

    @Test func everyBitOfAConsistencyProofCounts() throws {
        let (before, after) = (tree.head(11), tree.head(21))
        let proof = tree.consistency(11, 21)
        #expect(proof.hashes.count > 3)
        for bit in 0..<256 {
            for place in proof.hashes.indices {
                var hashes = proof.hashes
                hashes[place] = try Self.flipped(bit, of: hashes[place])
                #expect(!ConsistencyProof(hashes: hashes).isValid(from: before, to: after))
            }
            let first = TreeHead(size: 11, root: try Self.flipped(bit, of: before.root))
            #expect(!proof.isValid(from: first, to: after))
            let second = TreeHead(size: 21, root: try Self.flipped(bit, of: after.root))
            #expect(!proof.isValid(from: before, to: second))
        }
    }

    @Test func consistencyWithOtherSizesFails() {
        for second in Self.sizes {
            for first in 1...second {
                let proof = tree.consistency(first, second)
                for wrong in UInt64(0)...45 {
                    if wrong != first {
                        #expect(!proof.isValid(from: tree.head(wrong), to: tree.head(second)))
                    }
                    if wrong != second {
                        #expect(!proof.isValid(from: tree.head(first), to: tree.head(wrong)))
                    }
                }
            }
        }
    }

    @Test func emptyTreesProveNothing() {
        let empty = tree.head(0)
        let none = ConsistencyProof(hashes: [])
        #expect(none.isValid(from: empty, to: empty))
        #expect(!none.isValid(from: empty, to: tree.head(1)))
        #expect(!ConsistencyProof(hashes: [tree.leaf(0)]).isValid(from: empty, to: tree.head(1)))
        let impossible = TreeHead(size: 0, root: tree.leaf(0))
        #expect(!none.isValid(from: impossible, to: impossible))
        #expect(!InclusionProof(index: 0, hashes: []).isValid(leaf: tree.leaf(0), in: empty))
    }

    @Test func extremesAreFalseAndDontTrap() {
        let hash = tree.leaf(0)
        let numbers: [UInt64] = [
            0, 1, 2, 255, 1 << 62, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max,
        ]
        for count in [0, 1, 62, 63, 64, 65, 1000] {
            let hashes = [Digest32](repeating: hash, count: count)
            for first in numbers {
                for second in numbers {
                    let (before, after) = (
                        TreeHead(size: first, root: hash), TreeHead(size: second, root: hash)
                    )
                    let inclusion = InclusionProof(index: first, hashes: hashes)
                    let isOnlyLeaf = first == 0 && second == 1 && count == 0
                    #expect(inclusion.isValid(leaf: hash, in: after) == isOnlyLeaf)
                    let isSame =
                        first == second && count == 0
                        && (1...MerkleTree.maximumSize).contains(first)
                    let consistency = ConsistencyProof(hashes: hashes)
                    #expect(consistency.isValid(from: before, to: after) == isSame)
                }
            }
        }
    }
}
