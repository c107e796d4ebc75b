import Cryptography
import Testing
import Verification

@Suite struct CheckpointTests {
    private static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    private static let text = "example.com/behind-the-sofa\n20852163\n\(root)\n"

    /// The example of the specification.
    @Test func knownTextReadsBack() throws {
        let checkpoint = try Checkpoint(text: Array(Self.text.utf8))
        #expect(checkpoint.origin.description == "example.com/behind-the-sofa")
        #expect(checkpoint.head.size == 20_852_163)
        #expect(Base64.encode(checkpoint.head.root.bytes) == Self.root)
        #expect(checkpoint.text == Array(Self.text.utf8))
    }

    @Test(arguments: [0, 1, 9, 10, 10_000_000, MerkleTree.maximumSize])
    func signedCheckpointsReadBack(size: UInt64) throws {
        let log = try NoteFixture("example.org/log")
        let witness = try NoteFixture("example.org/witness")
        let checkpoint = Checkpoint(
            origin: log.name, head: TreeHead(size: size, root: SHA256.hash([1])))
        var note = try checkpoint.signed(with: log.key)
        #expect(try Checkpoint(note: note.bytes, signedBy: log.verifier) == checkpoint)
        try note.sign(as: witness.name, with: witness.key)
        #expect(try Checkpoint(note: note.bytes, signedBy: log.verifier) == checkpoint)
    }

    @Test func proofsAreCheckedAgainstCheckpoints() throws {
        let tree = NaiveTree(size: 20)
        let log = try NoteFixture("example.org/log")
        let heads = try [UInt64(12), 20].map { size in
            let checkpoint = Checkpoint(origin: log.name, head: tree.head(size))
            return try Checkpoint(
                note: checkpoint.signed(with: log.key).bytes, signedBy: log.verifier
            ).head
        }
        #expect(tree.consistency(12, 20).isValid(from: heads[0], to: heads[1]))
        #expect(tree.inclusion(3, size: 20).isValid(leaf: tree.leaf(3), in: heads[1]))
        #expect(!tree.inclusion(3, size: 20).isValid(leaf: tree.leaf(3), in: heads[0]))
    }

    @Test func otherSignersAreRefused() throws {
        let log = try NoteFixture("example.org/log")
        let other = try NoteFixture("example.org/log")
        let witness = try NoteFixture("example.org/witness")
        let checkpoint = Checkpoint(
            origin: log.name, head: TreeHead(size: 1, root: SHA256.hash([1])))
        let note = try checkpoint.signed(with: log.key).bytes
        #expect(throws: CheckpointError.note(.unknownSigner)) {
            try Checkpoint(note: note, signedBy: other.verifier)
        }
        #expect(throws: CheckpointError.note(.noSignatures)) {
            try Checkpoint(note: checkpoint.text, signedBy: log.verifier)
        }
        var altered = note
        altered[altered.count - 10] ^= 1
        #expect(throws: CheckpointError.self) {
            try Checkpoint(note: altered, signedBy: log.verifier)
        }
        // A witness's signature makes no checkpoint of a log that is not the witness's.
        let foreign = try SignedNote(
            signing: checkpoint.text, as: witness.name, with: witness.key)
        #expect(throws: CheckpointError.foreignOrigin) {
            try Checkpoint(note: foreign.bytes, signedBy: witness.verifier)
        }
        let noCheckpoint = try SignedNote(signing: Array("a\n".utf8), as: log.name, with: log.key)
        #expect(throws: CheckpointError.wrongLineCount) {
            try Checkpoint(note: noCheckpoint.bytes, signedBy: log.verifier)
        }
    }

    private static let malformed: [Malformed<CheckpointError>] = [
        .init("", .wrongLineCount),
        .init("\n", .wrongLineCount),
        .init("log\n1\n", .wrongLineCount),
        .init("log\n1\n\(root)", .wrongLineCount),
        .init("log\n1\n\(root)\n\n", .wrongLineCount),
        .init("log\n1\n\(root)\nextension\n", .wrongLineCount),
        .init("log\n1\n\(root)\nextension", .wrongLineCount),
        .init("\n1\n\(root)\n", .invalidOrigin),
        .init("my log\n1\n\(root)\n", .invalidOrigin),
        .init("my+log\n1\n\(root)\n", .invalidOrigin),
        .init("log\r\n1\n\(root)\n", .invalidOrigin),
        .init("log\u{A0}\n1\n\(root)\n", .invalidOrigin),
        .init(String(repeating: "a", count: 256) + "\n1\n\(root)\n", .invalidOrigin),
        .init("log\n\n\(root)\n", .invalidSize),
        .init("log\n01\n\(root)\n", .invalidSize),
        .init("log\n00\n\(root)\n", .invalidSize),
        .init("log\n+1\n\(root)\n", .invalidSize),
        .init("log\n-1\n\(root)\n", .invalidSize),
        .init("log\n 1\n\(root)\n", .invalidSize),
        .init("log\n1 \n\(root)\n", .invalidSize),
        .init("log\n0x1\n\(root)\n", .invalidSize),
        .init("log\n1e3\n\(root)\n", .invalidSize),
        .init("log\n1.0\n\(root)\n", .invalidSize),
        .init("log\n\u{661}\n\(root)\n", .invalidSize),
        .init("log\n9223372036854775808\n\(root)\n", .invalidSize),
        .init("log\n18446744073709551616\n\(root)\n", .invalidSize),
        .init("log\n99999999999999999999999\n\(root)\n", .invalidSize),
        .init("log\n1\n\n", .invalidRoot),
        .init("log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", .invalidRoot),
        .init("log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", .invalidRoot),
        .init("log\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", .invalidRoot),
        .init("log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", .invalidRoot),
        .init("log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n", .invalidRoot),
        .init("log\n1\n\(root) \n", .invalidRoot),
        .init(
            "log\n1\n0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62\n",
            .invalidRoot
        ),
    ]

    @Test(arguments: malformed)
    func malformedTextsAreRefused(_ input: Malformed<CheckpointError>) {
        #expect(throws: input.error) { try Checkpoint(text: Array(input.text.utf8)) }
    }

    @Test func invalidUTF8IsRefused() {
        let text = [0xFF] + Array(Self.text.utf8)
        #expect(throws: CheckpointError.invalidOrigin) { try Checkpoint(text: text) }
    }

    /// An altered text is another checkpoint or none, never the same.
    @Test func everyFlippedBitShows() throws {
        let text = Array(Self.text.utf8)
        let checkpoint = try Checkpoint(text: text)
        for offset in text.indices {
            for bit in UInt8(0)..<8 {
                var flipped = text
                flipped[offset] ^= 1 << bit
                guard let read = try? Checkpoint(text: flipped) else { continue }
                #expect(read != checkpoint, "byte \(offset), bit \(bit)")
                #expect(read.text == flipped)
            }
        }
    }
}
