import Cryptography

/// A token as whoever presents it has it: 256 random bits, written `aitta_` and 43 characters of
/// base64url (RFC 4648, section 5), so that scanners for leaked secrets know one when they see it.
struct TokenSecret: ~Copyable {
    static let prefix = "aitta_"
    static let byteCount = 32
    /// Characters of the whole text.
    static let textCount = prefix.utf8.count + 43

    private let bytes: SecretBytes

    /// A new token.
    init() throws(CryptographyError) {
        bytes = try SecretBytes(random: Self.byteCount)
    }

    /// Reads a token's text.
    ///
    /// - Throws: `malformedText` for anything else.
    init(text: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard text.count == Self.textCount,
            Self.prefix.utf8.elementsEqual(text.prefix(Self.prefix.utf8.count))
        else { throw .malformedText }
        let digits = UnsafeRawBufferPointer(rebasing: text.dropFirst(Self.prefix.utf8.count))
        guard digits.allSatisfy({ !$0.isWhiteSpace }) else { throw .malformedText }
        let decoded = try SecretText.decodeBase64(SecretBytes(copying: digits), .urlSafe)
        guard decoded.count == Self.byteCount else { throw .malformedText }
        self.init(decoded)
    }

    private init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// The base64url part of the text, in guarded memory, to be shown once.
    func digits() throws(CryptographyError) -> SecretBytes {
        try SecretText.encodeBase64(bytes, .urlSafe)
    }

    /// What stands for the token from here on: nothing that could be presented.
    var digest: Digest32 {
        bytes.withUnsafeBytes { SHA256.hash($0) }
    }
}

extension UInt8 {
    fileprivate var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
