import CSodium

/// Argon2id (RFC 9106, version 1.3, one lane): a key from a passphrase, made slow and large so that
/// guessing costs as much.
///
/// libsodium's `crypto_pwhash`. Its working memory is ordinary memory, which it frees without locking it.
public struct PasswordHash: Sendable, Hashable {
    /// Length of a salt, in bytes.
    public static let saltCount = Int(crypto_pwhash_SALTBYTES)
    /// Length of the key, in bytes.
    public static let keyCount = 32
    /// How many passes there may be.
    public static let passesRange = 1...16
    /// How much memory it may take, in KiB: 8 MiB to 1 GiB.
    public static let memoryRange = 8192...(1 << 20)
    /// The longest passphrase, in bytes.
    public static let passphraseLimit = 1024

    /// Public, and never used twice.
    public let salt: [UInt8]
    /// Passes over the memory.
    public let passes: Int
    /// Memory, in KiB.
    public let memoryKibibytes: Int

    /// Takes parameters that are written down somewhere; `nil` outside the ranges.
    public init?(salt: [UInt8], passes: Int, memoryKibibytes: Int) {
        guard salt.count == Self.saltCount, Self.passesRange.contains(passes),
            Self.memoryRange.contains(memoryKibibytes)
        else { return nil }
        self.salt = salt
        self.passes = passes
        self.memoryKibibytes = memoryKibibytes
    }

    /// A fresh salt, and libsodium's "moderate" cost: 3 passes over 256 MiB, most of a second.
    ///
    /// - Throws: `libraryUnavailable`.
    public init() throws(CryptographyError) {
        salt = try SecureRandom.bytes(count: Self.saltCount)
        passes = Int(crypto_pwhash_argon2id_OPSLIMIT_MODERATE)
        memoryKibibytes = Int(crypto_pwhash_argon2id_MEMLIMIT_MODERATE) / 1024
    }

    /// The key of a passphrase. Blocks its thread for as long as the cost says.
    ///
    /// - Throws: `inputTooLarge`; `passwordHashFailed` where there is not so much memory.
    public func key(
        from passphrase: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard Sodium.isInitialised else { throw .libraryUnavailable }
        guard passphrase.count <= Self.passphraseLimit else { throw .inputTooLarge }
        var key = try SecretBytes(count: Self.keyCount)
        let text = UnsafeRawPointer(passphrase.pointer).assumingMemoryBound(to: CChar.self)
        let status = crypto_pwhash(
            key.mutablePointer, UInt64(Self.keyCount), text, UInt64(passphrase.count), salt,
            UInt64(passes), memoryKibibytes * 1024, crypto_pwhash_ALG_ARGON2ID13)
        guard status == 0 else { throw .passwordHashFailed }
        return key
    }
}
