public import Cryptography

/// The offline recovery key as text: `AITTA-RECOVERY-1-` and nine groups of eight hexadecimal digits,
/// the last of them a checksum.
public enum RecoveryKey {
    private static let prefix = "AITTA-RECOVERY-1-"
    private static let groupCount = 9

    /// The text of a recovery key, in guarded memory, to be shown once.
    public static func text(
        of key: borrowing BoxSecretKey
    ) throws(CryptographyError) -> SecretBytes {
        let secret = try key.copySecret()
        var raw = try SecretWriter(capacity: 64)
        try raw.secret(secret)
        try raw.bytes(checksum(of: secret))
        let digits = try SecretText.encodeHex(raw.finish())
        var text = try SecretWriter(capacity: 128)
        try text.bytes(prefix.utf8)
        for group in 0..<groupCount {
            if group > 0 { try text.bytes("-".utf8) }
            try text.secret(digits.copy((group * 8)..<(group * 8 + 8)))
        }
        try text.bytes("\n".utf8)
        return try text.finish()
    }

    /// Reads the text back.
    ///
    /// - Throws: ``CryptographyError/malformedText`` when form or checksum is wrong.
    public static func parse(
        _ text: borrowing SecretBytes
    ) throws(CryptographyError) -> BoxSecretKey {
        let count = prefix.utf8.count + groupCount * 9 - 1
        guard text.count >= count,
            text.withUnsafeBytes({ prefix.utf8.elementsEqual($0[..<prefix.utf8.count]) })
        else { throw .malformedText }
        var digits = try SecretWriter(capacity: 128)
        for group in 0..<groupCount {
            let start = prefix.utf8.count + group * 9
            try digits.secret(text.copy(start..<(start + 8)))
        }
        let raw = try SecretText.decodeHex(digits.finish())
        guard raw.count == 36 else { throw .malformedText }
        let secret = try raw.copy(0..<32)
        let isIntact = raw.withUnsafeBytes { $0[32...].elementsEqual(checksum(of: secret)) }
        guard isIntact else { throw .malformedText }
        return try BoxSecretKey(secret)
    }

    private static func checksum(of secret: borrowing SecretBytes) -> ArraySlice<UInt8> {
        secret.withUnsafeBytes { SHA256.hash($0) }.bytes[..<4]
    }
}
