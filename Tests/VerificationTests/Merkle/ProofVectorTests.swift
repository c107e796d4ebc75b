import Cryptography
import Foundation
import Testing
import Verification

/// transparency-dev/merkle, every proof from a leaf or a tree to a tree. (Its proofs of subtrees are
/// another draft's.)
@Suite struct ProofVectorTests {
    struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: Data
        let leafHash: Data
        let proof: [Data]?
        let wantErr: Bool
    }

    struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data
        let root2: Data
        let proof: [Data]?
        let wantErr: Bool
    }

    /// Hashes of 32 bytes each; nil where one of the file's is not, which is a refusal too.
    private static func hashes(_ all: [Data]) -> [Digest32]? {
        let hashes = all.compactMap { Digest32(Array($0)) }
        return hashes.count == all.count ? hashes : nil
    }

    @Test func inclusion() throws {
        guard let files = try VectorFiles.load("inclusion", as: Inclusion.self) else { return }
        var counts = (valid: 0, invalid: 0)
        for (name, file) in files {
            var isValid = false
            if let ends = Self.hashes([file.leafHash, file.root]),
                let hashes = Self.hashes(file.proof ?? [])
            {
                isValid = InclusionProof(index: file.leafIdx, hashes: hashes)
                    .isValid(leaf: ends[0], in: TreeHead(size: file.treeSize, root: ends[1]))
            }
            #expect(isValid != file.wantErr, "\(name)")
            if file.wantErr { counts.invalid += 1 } else { counts.valid += 1 }
        }
        #expect(counts.valid > 0 && counts.invalid > 0)
        print("rfc6962 inclusion: \(files.count) vectors read, \(counts)")
    }

    @Test func consistency() throws {
        guard let files = try VectorFiles.load("consistency", as: Consistency.self) else { return }
        var counts = (valid: 0, invalid: 0)
        var setAside: [String] = []
        for (name, file) in files {
            var isValid = false
            if let roots = Self.hashes([file.root1, file.root2]),
                let hashes = Self.hashes(file.proof ?? [])
            {
                isValid = ConsistencyProof(hashes: hashes)
                    .isValid(
                        from: TreeHead(size: file.size1, root: roots[0]),
                        to: TreeHead(size: file.size2, root: roots[1]))
            } else if !file.wantErr {
                setAside.append(name)
                continue
            }
            #expect(isValid != file.wantErr, "\(name)")
            if file.wantErr { counts.invalid += 1 } else { counts.valid += 1 }
        }
        // Its roots have twelve bytes, which no tree's root has.
        #expect(setAside == ["additional/sizes-are-equal-one-and-proof-is-empty.json"])
        #expect(counts.valid > 0 && counts.invalid > 0)
        print("rfc6962 consistency: \(files.count) vectors read, \(counts)")
    }
}
