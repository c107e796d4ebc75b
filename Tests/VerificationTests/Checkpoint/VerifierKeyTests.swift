import Cryptography
import Testing
import Verification

@Suite struct VerifierKeyTests {
    /// Of Go's sumdb/note documentation, and of Go's checksum database.
    private static let known = [
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    ]

    @Test(arguments: known)
    func knownKeysReadBack(text: String) throws {
        let key = try VerifierKey(text)
        #expect(key.text == text)
        #expect(VerifierKey(name: key.name, publicKey: key.publicKey) == key)
    }

    @Test func idAndNameAreTold() throws {
        let key = try VerifierKey(Self.known[0])
        #expect(key.name.description == "PeterNeumann")
        #expect(key.id == 0xc74f_20a3)
        let renamed = VerifierKey(name: try KeyName("other"), publicKey: key.publicKey)
        #expect(renamed.id != key.id)
    }

    /// One id in sixteen begins with a zero: it is written all the same.
    @Test func idsHaveEightDigits() throws {
        let name = try KeyName("example.org/log")
        for byte in UInt8(0)...255 {
            let key = VerifierKey(
                name: name, publicKey: try PublicKey([UInt8](repeating: byte, count: 32)))
            #expect(key.text.utf8.count == name.bytes.count + 1 + 8 + 1 + 44)
            #expect(try VerifierKey(key.text) == key)
        }
    }

    private static let key = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let refused: [Malformed<NoteError>] = [
        .init("", .malformedVerifierKey),
        .init("PeterNeumann", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3+", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3+\(key.dropLast())", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3+\(key.dropLast(4))", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3+\(key)\n", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a3+\(key)AAAA", .malformedVerifierKey),
        .init("PeterNeumann+C74F20A3+\(key)", .malformedVerifierKey),
        .init("PeterNeumann+c74f20a+\(key)", .malformedVerifierKey),
        .init("PeterNeumann+0c74f20a3+\(key)", .malformedVerifierKey),
        .init("Peter+Neumann+c74f20a3+\(key)", .malformedVerifierKey),
        .init("+c74f20a3+\(key)", .invalidKeyName),
        .init("Peter Neumann+c74f20a3+\(key)", .invalidKeyName),
        .init("PeterNeumann+c74f20a3+Ahpc\(key.dropFirst(4))", .unsupportedAlgorithm),
        .init("PeterNeumann+c74f20a4+\(key)", .wrongKeyID),
        .init("PeterNeumamn+c74f20a3+\(key)", .wrongKeyID),
        .init("PeterNeumann+c74f20a3+\(key.dropLast())X", .wrongKeyID),
    ]

    @Test(arguments: refused)
    func otherFormsAreRefused(_ input: Malformed<NoteError>) {
        #expect(throws: input.error) { try VerifierKey(input.text) }
    }

    private static let invalidNames = [
        "", " ", "a b", "a+b", "a\n", "\ta", "a\u{85}b", "a\u{A0}b", "a\u{2003}b", "a\u{3000}",
        "a\u{2028}", "a\0", "a\u{1F}b", "a\r\n", String(repeating: "a", count: 256),
        String(repeating: "ä", count: 128),
    ].map { Malformed($0, NoteError.invalidKeyName) }

    @Test(arguments: invalidNames)
    func invalidNamesAreRefused(_ input: Malformed<NoteError>) {
        #expect(throws: input.error) { try KeyName(input.text) }
    }

    @Test func limitsHold() {
        let tooLong = "a+00000000+" + String(repeating: "A", count: VerifierKey.maximumTextBytes)
        #expect(throws: NoteError.malformedVerifierKey) { try VerifierKey(tooLong) }
    }

    @Test func namesAreComparedByTheirBytes() throws {
        let (composed, decomposed) = ("p\u{E4}iv\u{E4}", "pa\u{308}iva\u{308}")
        #expect(composed == decomposed)
        #expect(try KeyName(composed) != KeyName(decomposed))
        #expect(Set([try KeyName(composed), try KeyName(decomposed)]).count == 2)
        #expect(try KeyName(String(repeating: "a", count: 255)).bytes.count == 255)
    }
}
