import Cryptography
import Testing
import Verification

/// Making proofs: against the definition, and by what is read for them.
@Suite struct ProofTests {
    private static let size: UInt64 = 130

    @Test func inclusionAgreesWithTheDefinition() throws {
        let tree = NaiveTree(size: Int(Self.size))
        let log = TreeLog(tree, size: Self.size)
        for size in 1...Self.size {
            let head = tree.head(size)
            for index in 0..<size {
                let proof = try log.inclusion(index, size: size)
                #expect(proof == tree.inclusion(index, size: size), "\(index) of \(size)")
                #expect(proof.isValid(leaf: tree.leaf(index), in: head), "\(index) of \(size)")
            }
        }
        #expect(log.mostRanges == 1)
    }

    @Test func consistencyAgreesWithTheDefinition() throws {
        let tree = NaiveTree(size: Int(Self.size))
        let log = TreeLog(tree, size: Self.size)
        for second in 1...Self.size {
            let head = tree.head(second)
            for first in 1...second {
                let proof = try log.consistency(first, second)
                #expect(proof == tree.consistency(first, second), "\(first) to \(second)")
                #expect(
                    proof.isValid(from: tree.head(first), to: head), "\(first) to \(second)")
            }
        }
        #expect(log.mostRanges == 1)
    }

    /// Sizes where blocks of 256 leaves are complete, almost complete and just begun, and random
    /// ones.
    @Test func largeTreesAgreeAndReadLittle() throws {
        var generator = SeededGenerator()
        let largest: UInt64 = 70_000
        let tree = NaiveTree(size: Int(largest))
        let log = TreeLog(tree, size: largest)
        var sizes: [UInt64] = [255, 256, 257, 511, 512, 513, 1023, 65_535, 65_536, 65_537, largest]
        for _ in 0..<20 { sizes.append(.random(in: 1...largest, using: &generator)) }
        for second in sizes {
            let head = tree.head(second)
            var others = [1, second, second.subtractingReportingOverflow(256).partialValue, 256]
            for _ in 0..<4 { others.append(.random(in: 1...second, using: &generator)) }
            for first in others where (1...second).contains(first) {
                let label: Comment = "\(first) and \(second)"
                let inclusion = try log.inclusion(first - 1, size: second)
                #expect(inclusion == tree.inclusion(first - 1, size: second), label)
                #expect(inclusion.isValid(leaf: tree.leaf(first - 1), in: head), label)
                let consistency = try log.consistency(first, second)
                #expect(consistency == tree.consistency(first, second), label)
                #expect(consistency.isValid(from: tree.head(first), to: head), label)
            }
            #expect(try log.hashes(MerkleProofPlan.root(size: second)) == [head.root])
        }
        #expect(log.mostRanges == 2)
        #expect(log.largestRange <= 256)
    }

    @Test func tenMillionEntriesNeedTwoRanges() throws {
        var generator = SeededGenerator()
        let size: UInt64 = 10_000_000
        for _ in 0..<1000 {
            let index = UInt64.random(in: 0..<size, using: &generator)
            let plans = [
                try MerkleProofPlan.inclusion(of: index, size: size),
                try MerkleProofPlan.consistency(from: index + 1, to: size),
            ]
            for plan in plans {
                #expect(plan.leafRanges.count <= 2)
                #expect(plan.nodes.count <= 32)
                #expect(plan.nodes.allSatisfy { $0.level >= 8 && $0.leaves.upperBound <= size })
                for range in plan.leafRanges {
                    #expect(range.lowerBound / 256 == (range.upperBound - 1) / 256)
                }
            }
        }
    }

    @Test func largestTreeStaysWithinTheLimits() throws {
        let largest = MerkleTree.maximumSize
        for index in [0, 1, largest / 2, largest - 2, largest - 1] {
            let inclusion = try MerkleProofPlan.inclusion(of: index, size: largest)
            let consistency = try MerkleProofPlan.consistency(from: index + 1, to: largest)
            for plan in [inclusion, consistency] {
                let hash = MerkleTree.emptyRoot
                let leaves = plan.leafRanges.map { [Digest32](repeating: hash, count: $0.count) }
                let nodes = [Digest32](repeating: hash, count: plan.nodes.count)
                let hashes = try plan.hashes(leaves: leaves, nodes: nodes)
                #expect(hashes.count <= MerkleTree.maximumProofCount)
            }
        }
    }

    @Test func emptyTreeHasARoot() throws {
        let plan = try MerkleProofPlan.root(size: 0)
        #expect(plan.leafRanges.isEmpty && plan.nodes.isEmpty)
        #expect(try plan.hashes(leaves: [], nodes: []) == [MerkleTree.emptyRoot])
    }

    @Test func plansBeyondTheTreeAreRefused() {
        let largest = MerkleTree.maximumSize
        let leaves: [(index: UInt64, size: UInt64)] = [
            (0, 0), (1, 1), (5, 4), (.max, 4), (0, largest + 1), (.max, .max),
        ]
        for (index, size) in leaves {
            #expect(throws: MerkleError.outOfRange) {
                try MerkleProofPlan.inclusion(of: index, size: size)
            }
        }
        let sizes: [(first: UInt64, second: UInt64)] = [
            (0, 0), (0, 1), (2, 1), (1, largest + 1), (.max, .max),
        ]
        for (first, second) in sizes {
            #expect(throws: MerkleError.outOfRange) {
                try MerkleProofPlan.consistency(from: first, to: second)
            }
        }
        #expect(throws: MerkleError.outOfRange) { try MerkleProofPlan.root(size: largest + 1) }
    }

    @Test func wrongNumbersOfHashesAreRefused() throws {
        let plan = try MerkleProofPlan.inclusion(of: 300, size: 1000)
        let hash = MerkleTree.emptyRoot
        let leaves = plan.leafRanges.map { [Digest32](repeating: hash, count: $0.count) }
        let nodes = [Digest32](repeating: hash, count: plan.nodes.count)
        #expect(try plan.hashes(leaves: leaves, nodes: nodes).count == 10)
        var short = leaves
        short[0].removeLast()
        let faults: [([[Digest32]], [Digest32])] = [
            ([], nodes), (leaves + [[]], nodes), (short, nodes), (leaves, []),
            (leaves, nodes + [hash]), (leaves.reversed(), nodes),
        ]
        for (leaves, nodes) in faults {
            #expect(throws: MerkleError.wrongHashCount) {
                try plan.hashes(leaves: leaves, nodes: nodes)
            }
        }
        #expect(throws: MerkleError.missingHash) { try MerkleBlocks().hashes(of: plan.nodes) }
    }

    @Test func blocksHoldEveryLevelAbove() throws {
        let roots = (0..<100).map { SHA256.hash([UInt8($0)]) }
        let blocks = MerkleBlocks(roots)
        #expect(blocks.count == 100)
        let plan = try MerkleProofPlan.root(size: 100 * MerkleBlocks.leafCount)
        #expect(plan.nodes.map(\.level) == [14, 13, 10])
        let hashes = try blocks.hashes(of: plan.nodes)
        #expect(try plan.hashes(leaves: [], nodes: hashes) == [MerkleTree.root(of: roots)])
        let low = try MerkleProofPlan.root(size: 101 * MerkleBlocks.leafCount)
        #expect(throws: MerkleError.missingHash) { try blocks.hashes(of: low.nodes) }
    }
}
