public import Cryptography

/// A passphrase, in guarded memory alone. It counts byte for byte: the same letters composed otherwise
/// are another passphrase.
public final class Passphrase: Sendable {
    /// The shortest passphrase that is taken for a new one, in characters (NIST SP 800-63B-4, 3.1.1.2).
    public static let minimumCount = 15
    /// The longest, in bytes.
    public static let maximumBytes = PasswordHash.passphraseLimit

    private let bytes: SecretBytes

    /// Takes what was given.
    public init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// Refuses one that is too short to be chosen now.
    ///
    /// - Throws: ``KeyError/Code/passphraseTooShort``.
    public func checkStrength() throws(KeyError) {
        // Every byte of UTF-8 but the continuing ones begins a character.
        let count = bytes.withUnsafeBytes { $0.count { $0 & 0xC0 != 0x80 } }
        guard count >= Self.minimumCount, bytes.count <= Self.maximumBytes else {
            throw KeyError(
                .passphraseTooShort, at: "passphrase",
                hint: "take at least \(Self.minimumCount) characters: five or six random words do")
        }
    }

    /// Whether another is the same, in time that depends on the lengths alone.
    public func equals(_ other: Passphrase) -> Bool {
        bytes.constantTimeEquals(other.bytes)
    }

    func key(_ hash: PasswordHash) throws(CryptographyError) -> SecretBytes {
        try hash.key(from: bytes)
    }
}
