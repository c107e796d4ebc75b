import Cryptography
import Testing
import Verification

@Suite struct SignedNoteTests {
    @Test func knownNoteVerifies() throws {
        let note = try SignedNote(Array(NoteFixture.note.utf8))
        let key = try VerifierKey(NoteFixture.peter)
        #expect(try note.verify(by: [key]) == [key])
        #expect(note.text == Array(NoteFixture.text.utf8))
        #expect(note.bytes == Array(NoteFixture.note.utf8))
        #expect(note.signatures.map(\.name) == [key.name])
        #expect(note.signatures.map(\.keyID) == [key.id])
    }

    /// The examples of the specifications themselves, whose keys they don't give: with an empty line
    /// in the text, and a checkpoint.
    @Test(arguments: [
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
            + "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKO"
            + "NrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n",
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            + "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
            + "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
    ])
    func notesOfTheSpecificationReadBack(text: String) throws {
        let note = try SignedNote(Array(text.utf8))
        #expect(note.bytes == Array(text.utf8))
        #expect(note.signatures.map(\.bytes.count) == [64])
        let key = try VerifierKey(NoteFixture.peter)
        #expect(throws: NoteError.unknownSigner) { try note.verify(by: [key]) }
    }

    @Test func signedNotesReadBack() throws {
        let fixture = try NoteFixture("example.org/log")
        for text in ["\n", "a\n", "a\n\n", "\n\na\n", "ä\n— b c\n", "\n\n\n"] {
            let note = try SignedNote(
                signing: Array(text.utf8), as: fixture.name, with: fixture.key)
            #expect(try note.verify(by: [fixture.verifier]) == [fixture.verifier])
            #expect(note.text == Array(text.utf8))
            #expect(try SignedNote(note.bytes) == note)
        }
    }

    @Test func signaturesOfOthersArePassedOver() throws {
        let first = try NoteFixture("example.org/log")
        let second = try NoteFixture("example.org/witness")
        let unknown = try NoteFixture("example.net/witness")
        var note = try SignedNote(signing: [UInt8(ascii: "\n")], as: first.name, with: first.key)
        try note.sign(as: second.name, with: second.key)
        // A known key's name with another key: the id is another, so it is another's line.
        try note.sign(as: first.name, with: unknown.key)
        let read = try SignedNote(note.bytes)
        #expect(read == note)
        let both: Set = [first.verifier, second.verifier]
        #expect(try read.verify(by: [first.verifier, second.verifier]) == both)
        #expect(try read.verify(by: [unknown.verifier, first.verifier]) == [first.verifier])
        #expect(throws: NoteError.unknownSigner) { try read.verify(by: [unknown.verifier]) }
        #expect(throws: NoteError.unknownSigner) { try read.verify(by: []) }
    }

    /// Not even beside one that is valid.
    @Test func falseSignatureOfAKnownKeyIsRefused() throws {
        let fixture = try NoteFixture("example.org/log")
        let note = try SignedNote(signing: Array("a\n".utf8), as: fixture.name, with: fixture.key)
        let other = try SignedNote(signing: Array("b\n".utf8), as: fixture.name, with: fixture.key)
        let strangeLine = other.bytes.dropFirst(3)
        let mixed = try SignedNote(note.bytes + strangeLine)
        #expect(mixed.signatures == note.signatures + other.signatures)
        #expect(throws: NoteError.invalidSignature) { try mixed.verify(by: [fixture.verifier]) }
        let twice = try SignedNote(note.bytes + note.bytes.dropFirst(3))
        #expect(try twice.verify(by: [fixture.verifier]) == [fixture.verifier])
    }

    /// Whatever bit is flipped, the note is malformed, its key unknown, or its signature invalid.
    @Test func everyFlippedBitIsNoticed() throws {
        let key = try VerifierKey(NoteFixture.peter)
        let note = Array(NoteFixture.note.utf8)
        var counts: [NoteError: Int] = [:]
        for offset in note.indices {
            for bit in UInt8(0)..<8 {
                var flipped = note
                flipped[offset] ^= 1 << bit
                let error = #expect(throws: NoteError.self, "byte \(offset), bit \(bit)") {
                    try SignedNote(flipped).verify(by: [key])
                }
                if let error { counts[error, default: 0] += 1 }
            }
        }
        #expect(counts[.invalidSignature, default: 0] > 0)
        #expect(counts[.unknownSigner, default: 0] > 0)
        #expect(counts[.invalidUTF8, default: 0] > 0)
    }

    /// A note cut short is one with fewer lines at most; with one line it is none.
    @Test func everyCutIsNoticed() {
        let note = Array(NoteFixture.note.utf8)
        for count in note.indices {
            #expect(throws: NoteError.self, "\(count) bytes") {
                try SignedNote(Array(note.prefix(count)))
            }
        }
    }

    private static let malformed: [Malformed<NoteError>] = [
        .init("", .missingNewline),
        .init("\n", .noSignatures),
        .init("\n\n", .noSignatures),
        .init("text\n", .noSignatures),
        .init("text\n\n", .noSignatures),
        .init("text\n" + NoteFixture.line, .noSignatures),
        .init("\n" + NoteFixture.line, .noSignatures),
        .init(NoteFixture.note + "\n", .noSignatures),
        .init(NoteFixture.note + "\n\n", .noSignatures),
        .init(String(NoteFixture.note.dropLast()), .missingNewline),
        .init("te\txt\n\n" + NoteFixture.line, .controlCharacter),
        .init("text\r\n\r\n" + NoteFixture.line, .controlCharacter),
        .init("te\0xt\n\n" + NoteFixture.line, .controlCharacter),
        .init(NoteFixture.note + "more\n", .malformedSignature(line: 2)),
        .init("text\n\nmore\n" + NoteFixture.line, .malformedSignature(line: 1)),
        .init("text\n\n\u{2014}PeterNeumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n- PeterNeumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2013} PeterNeumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n \u{2014} PeterNeumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann \n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann x08gow==\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann x08go/Z\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann x08go_ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann x08go/ZJ \n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} PeterNeumann  x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} Peter Neumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} Peter+Neumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} Peter\u{A0}Neumann x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014}  x08go/ZJ\n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014} \n", .malformedSignature(line: 1)),
        .init("text\n\n\u{2014}\n", .malformedSignature(line: 1)),
    ]

    @Test(arguments: malformed)
    func malformedNotesAreRefused(_ input: Malformed<NoteError>) {
        #expect(throws: input.error) { try SignedNote(Array(input.text.utf8)) }
    }

    @Test func invalidUTF8IsRefused() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80]] {
            let note = bytes + Array(("\n\n" + NoteFixture.line).utf8)
            #expect(throws: NoteError.invalidUTF8) { try SignedNote(note) }
        }
    }

    @Test func limitsHold() throws {
        let line = NoteFixture.line
        let tooMany = "a\n\n" + String(repeating: line, count: SignedNote.maximumSignatures + 1)
        #expect(throws: NoteError.tooManySignatures) { try SignedNote(Array(tooMany.utf8)) }
        let tooLarge = String(repeating: "a", count: SignedNote.maximumBytes) + NoteFixture.note
        #expect(throws: NoteError.tooLarge) { try SignedNote(Array(tooLarge.utf8)) }
    }

    @Test func limitsAreReached() throws {
        let lines = String(repeating: NoteFixture.line, count: SignedNote.maximumSignatures)
        let key = try VerifierKey(NoteFixture.peter)
        var note = try SignedNote(Array((NoteFixture.text + "\n" + lines).utf8))
        #expect(try note.verify(by: [key]) == [key])
        let fixture = try NoteFixture("a")
        #expect(throws: NoteError.tooManySignatures) {
            try note.sign(as: fixture.name, with: fixture.key)
        }
        // An empty line, and a signature line of em dash, name and base64.
        let overhead = 1 + 3 + 1 + 1 + 1 + 92 + 1
        let count = SignedNote.maximumBytes - overhead
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: count - 1) + [UInt8(ascii: "\n")]
        let largest = try SignedNote(signing: text, as: fixture.name, with: fixture.key)
        #expect(largest.bytes.count == SignedNote.maximumBytes)
        #expect(try SignedNote(largest.bytes) == largest)
        #expect(throws: NoteError.tooLarge) {
            try SignedNote(signing: [97] + text, as: fixture.name, with: fixture.key)
        }
    }

    @Test func unsignableTextsAreRefused() throws {
        let fixture = try NoteFixture("example.org/log")
        let texts: [([UInt8], NoteError)] = [
            ([], .missingNewline), ([97], .missingNewline), ([13, 10], .controlCharacter),
            ([0xFF, 10], .invalidUTF8),
            ([UInt8](repeating: 10, count: SignedNote.maximumBytes + 1), .tooLarge),
        ]
        for (text, error) in texts {
            #expect(throws: error) {
                try SignedNote(signing: text, as: fixture.name, with: fixture.key)
            }
        }
    }

    @Test func randomBytesDontTrap() {
        var generator = SeededGenerator()
        let note = Array(NoteFixture.note.utf8)
        for _ in 0..<2000 {
            var bytes = note
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let range = Int.random(in: bytes.indices, using: &generator)...
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.removeSubrange(range.relative(to: bytes).prefix(3))
                case 1: bytes.insert(.random(in: 0...255, using: &generator), at: range.lowerBound)
                default: bytes[range.lowerBound] = note.randomElement(using: &generator) ?? 10
                }
                if bytes.isEmpty { bytes = note }
            }
            guard let read = try? SignedNote(bytes) else { continue }
            #expect(read.bytes == bytes)
        }
    }
}
