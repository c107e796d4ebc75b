public import Cryptography

/// A text with one signature line or more (C2SP signed-note).
///
/// The text says nothing until ``verify(by:)`` has found a signature of a key that is trusted.
public struct SignedNote: Sendable, Hashable {
    /// The largest note, in bytes: room for sixteen post-quantum signatures of 5 kB, and a text.
    public static let maximumBytes = 256 << 10
    /// The most signature lines of a note.
    public static let maximumSignatures = 64

    private static let newline = UInt8(ascii: "\n")

    /// What is signed, in UTF-8, the newline at its end included.
    public let text: [UInt8]
    /// The signatures, in the order of their lines.
    public private(set) var signatures: [NoteSignature]

    /// Signs a text.
    ///
    /// - Throws: `tooLarge`, `invalidUTF8`, `controlCharacter`, `missingNewline`.
    public init(
        signing text: [UInt8], as name: KeyName, with key: borrowing SigningKey
    ) throws(NoteError) {
        guard text.count <= Self.maximumBytes else { throw .tooLarge }
        try Self.check(text)
        self.text = text
        signatures = []
        try sign(as: name, with: key)
    }

    /// Reads a note, without verifying anything.
    ///
    /// - Throws: `tooLarge`, `invalidUTF8`, `controlCharacter`, `missingNewline`, `noSignatures`,
    ///   `tooManySignatures`, `malformedSignature`.
    public init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge }
        try Self.check(bytes)
        // The text may have empty lines of its own: the last one parts it from the signatures.
        let blank = bytes.indices.dropFirst().last {
            bytes[$0] == Self.newline && bytes[$0 - 1] == Self.newline
        }
        guard let blank, blank < bytes.count - 1 else { throw .noSignatures }
        text = Array(bytes[..<blank])
        let lines = bytes[(blank + 1)...].dropLast()
            .split(separator: Self.newline, omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatures else { throw .tooManySignatures }
        signatures = []
        for line in lines {
            guard let signature = NoteSignature(line: line) else {
                throw .malformedSignature(line: signatures.count + 1)
            }
            signatures.append(signature)
        }
    }

    /// The note as it is stored and sent.
    public var bytes: [UInt8] {
        text + [Self.newline] + signatures.flatMap(\.line)
    }

    /// Adds a signature of another key.
    ///
    /// - Throws: `tooManySignatures`, `tooLarge`; the note is then as it was.
    public mutating func sign(
        as name: KeyName, with key: borrowing SigningKey
    ) throws(NoteError) {
        guard signatures.count < Self.maximumSignatures else { throw .tooManySignatures }
        let verifier = VerifierKey(name: name, publicKey: key.publicKey)
        let signature = NoteSignature(name: name, keyID: verifier.id, bytes: key.sign(text))
        guard bytes.count + signature.line.count <= Self.maximumBytes else { throw .tooLarge }
        signatures.append(signature)
    }

    /// Verifies the note. Lines of unknown keys are passed over, also where a name or an id, but
    /// not both, is a known key's; each line of a known key must be its signature.
    ///
    /// - Parameter keys: The keys that are trusted.
    /// - Returns: Those of the keys that have signed; at least one.
    /// - Throws: `invalidSignature`; `unknownSigner` when none of the keys has signed.
    @discardableResult
    public func verify(by keys: [VerifierKey]) throws(NoteError) -> Set<VerifierKey> {
        var signers: Set<VerifierKey> = []
        for signature in signatures {
            for key in keys where key.name == signature.name && key.id == signature.keyID {
                guard key.publicKey.isValidSignature(signature.bytes, for: text) else {
                    throw .invalidSignature
                }
                signers.insert(key)
            }
        }
        guard !signers.isEmpty else { throw .unknownSigner }
        return signers
    }

    /// What text and note as a whole have in common.
    private static func check(_ bytes: [UInt8]) throws(NoteError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidUTF8 }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == newline }) else { throw .controlCharacter }
        guard bytes.last == newline else { throw .missingNewline }
    }
}
