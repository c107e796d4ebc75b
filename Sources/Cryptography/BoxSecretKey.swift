import CSodium

/// An X25519 secret key (RFC 7748), 32 bytes in guarded memory: the recovery key.
public struct BoxSecretKey: ~Copyable, Sendable {
    /// Length of a key, in bytes.
    public static let count = 32

    /// The key that others seal to.
    public let publicKey: BoxPublicKey
    let secret: SecretBytes

    /// A fresh key.
    ///
    /// - Throws: As ``SecretBytes/init(count:)``.
    public init() throws(CryptographyError) {
        try self.init(SecretBytes(random: Self.count))
    }

    /// Takes over a key that was kept elsewhere.
    ///
    /// - Throws: `invalidKeyLength`.
    public init(_ secret: consuming SecretBytes) throws(CryptographyError) {
        guard secret.count == Self.count else { throw .invalidKeyLength }
        let source = secret.pointer
        publicKey = BoxPublicKey(Bytes32 { _ = crypto_scalarmult_base($0, source) })
        self.secret = secret
    }

    /// A copy of the key, to write it down.
    ///
    /// - Throws: As ``SecretBytes/init(count:)``.
    public borrowing func copySecret() throws(CryptographyError) -> SecretBytes {
        try SecretBytes(copying: secret)
    }
}
