import CSodium

/// Hexadecimal and base64 of secrets, from guarded memory to guarded memory. White space around the
/// text is skipped, anything else inside it refused.
public enum SecretText {
    /// Which base64 (RFC 4648).
    public enum Base64: Sendable {
        /// `+` and `/`, padded.
        case standard
        /// `-` and `_`, not padded.
        case urlSafe

        fileprivate var variant: Int32 {
            switch self {
            case .standard: sodium_base64_VARIANT_ORIGINAL
            case .urlSafe: sodium_base64_VARIANT_URLSAFE_NO_PADDING
            }
        }
    }

    /// The bytes that a hexadecimal text stands for.
    ///
    /// - Throws: `malformedText`, or as ``SecretBytes/init(count:)``.
    public static func decodeHex(
        _ text: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let text = try trimmed(text)
        var bytes = try SecretBytes(count: text.count / 2)
        var count = 0
        let status = sodium_hex2bin(
            bytes.mutablePointer, bytes.count, text.baseAddress, text.count, nil, &count, nil)
        guard status == 0, count * 2 == text.count else { throw .malformedText }
        return bytes
    }

    /// The bytes that a base64 text stands for.
    ///
    /// - Throws: `malformedText`, or as ``SecretBytes/init(count:)``.
    public static func decodeBase64(
        _ text: borrowing SecretBytes, _ base64: Base64 = .standard
    ) throws(CryptographyError) -> SecretBytes {
        let text = try trimmed(text)
        var bytes = try SecretBytes(count: text.count / 4 * 3 + 3)
        var count = 0
        let status = sodium_base642bin(
            bytes.mutablePointer, bytes.count, text.baseAddress, text.count, nil, &count, nil,
            base64.variant)
        guard status == 0 else { throw .malformedText }
        try bytes.truncate(to: count)
        return bytes
    }

    /// A secret as hexadecimal text, in lower case.
    ///
    /// - Throws: As ``SecretBytes/init(count:)``.
    public static func encodeHex(
        _ bytes: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        var text = try SecretBytes(count: bytes.count * 2 + 1)
        sodium_bin2hex(text.characters, text.count, bytes.pointer, bytes.count)
        try text.truncate(to: bytes.count * 2)
        return text
    }

    /// A secret as base64 text.
    ///
    /// - Throws: As ``SecretBytes/init(count:)``.
    public static func encodeBase64(
        _ bytes: borrowing SecretBytes, _ base64: Base64 = .standard
    ) throws(CryptographyError) -> SecretBytes {
        var text = try SecretBytes(count: sodium_base64_encoded_len(bytes.count, base64.variant))
        sodium_bin2base64(
            text.characters, text.count, bytes.pointer, bytes.count, base64.variant)
        // libsodium ends the text with a zero byte.
        try text.truncate(to: text.count - 1)
        return text
    }

    /// The text without white space around it; valid while the secret is borrowed.
    private static func trimmed(
        _ text: borrowing SecretBytes
    ) throws(CryptographyError) -> UnsafeBufferPointer<CChar> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        var (start, end) = (0, text.count)
        while start < end, isSpace(text.pointer[start]) { start += 1 }
        while end > start, isSpace(text.pointer[end - 1]) { end -= 1 }
        let characters = (text.base + start).assumingMemoryBound(to: CChar.self)
        return UnsafeBufferPointer(start: characters, count: end - start)
    }
}

extension SecretBytes {
    fileprivate var characters: UnsafeMutablePointer<CChar> {
        mutating get { base.assumingMemoryBound(to: CChar.self) }
    }
}
