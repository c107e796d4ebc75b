import Cryptography
import Verification

/// The tree of RFC 9162, section 2.1, word by word: recursive, from all leaves, each hash from an
/// array. It remembers what it computed, so that the tests end.
final class NaiveTree {
    private let leaves: [Digest32]
    private var known: [Range<UInt64>: Digest32] = [:]

    /// The tree over the entries "0", "1", "2", …
    init(size: Int) {
        leaves = (0..<size).map { SHA256.hash([0] + Array("\($0)".utf8)) }
    }

    func leaves(_ range: Range<UInt64>) -> [Digest32] {
        Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    func leaf(_ index: UInt64) -> Digest32 { leaves[Int(index)] }

    func head(_ size: UInt64) -> TreeHead { TreeHead(size: size, root: root(0..<size)) }

    /// MTH.
    func root(_ range: Range<UInt64>) -> Digest32 {
        if range.isEmpty { return SHA256.hash([]) }
        if range.count == 1 { return leaf(range.lowerBound) }
        if let root = known[range] { return root }
        let (left, right) = Self.halves(range)
        let root = SHA256.hash([1] + root(left).bytes + root(right).bytes)
        known[range] = root
        return root
    }

    /// PATH.
    func path(_ index: UInt64, in range: Range<UInt64>) -> [Digest32] {
        if range.count == 1 { return [] }
        let (left, right) = Self.halves(range)
        return left.contains(index)
            ? path(index, in: left) + [root(right)] : path(index, in: right) + [root(left)]
    }

    /// On which sides the siblings of PATH lie.
    static func sides(_ index: UInt64, in range: Range<UInt64>) -> [Bool] {
        if range.count == 1 { return [] }
        let (left, right) = halves(range)
        return left.contains(index)
            ? sides(index, in: left) + [true] : sides(index, in: right) + [false]
    }

    func inclusion(_ index: UInt64, size: UInt64) -> InclusionProof {
        InclusionProof(index: index, hashes: path(index, in: 0..<size))
    }

    /// PROOF.
    func consistency(_ first: UInt64, _ second: UInt64) -> ConsistencyProof {
        ConsistencyProof(hashes: subproof(first, in: 0..<second, isWhole: true))
    }

    /// SUBPROOF, with `end` where the first tree's leaves end.
    private func subproof(_ end: UInt64, in range: Range<UInt64>, isWhole: Bool) -> [Digest32] {
        if end == range.upperBound { return isWhole ? [] : [root(range)] }
        let (left, right) = Self.halves(range)
        return end <= left.upperBound
            ? subproof(end, in: left, isWhole: isWhole) + [root(right)]
            : subproof(end, in: right, isWhole: false) + [root(left)]
    }

    private static func halves(
        _ range: Range<UInt64>
    ) -> (left: Range<UInt64>, right: Range<UInt64>) {
        var half: UInt64 = 1
        while half * 2 < UInt64(range.count) { half *= 2 }
        let middle = range.lowerBound + half
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }
}
