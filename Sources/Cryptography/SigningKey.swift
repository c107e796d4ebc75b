import CSodium

/// An Ed25519 signing key (RFC 8032), expanded from a 32-byte seed in guarded memory.
public struct SigningKey: ~Copyable, Sendable {
    /// Length of a seed, in bytes.
    public static let seedCount = 32

    /// The key that verifies this one's signatures.
    public let publicKey: PublicKey
    private let expanded: SecretBytes

    /// Expands a seed, which stays the caller's.
    ///
    /// - Throws: `invalidKeyLength`, or as ``SecretBytes/init(count:)``.
    public init(seed: borrowing SecretBytes) throws(CryptographyError) {
        guard seed.count == Self.seedCount else { throw .invalidKeyLength }
        var expanded = try SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES))
        let target = expanded.mutablePointer
        let source = seed.pointer
        publicKey = PublicKey(Bytes32 { _ = crypto_sign_seed_keypair($0, target, source) })
        self.expanded = expanded
    }

    /// The signature over a message, 64 bytes, the same each time.
    public borrowing func sign(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: PublicKey.signatureCount)
        _ = crypto_sign_detached(
            &signature, nil, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(message.count), expanded.pointer)
        return signature
    }

    /// The signature over a message, 64 bytes, the same each time.
    public borrowing func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: PublicKey.signatureCount)
        _ = crypto_sign_detached(
            &signature, nil, message, UInt64(message.count), expanded.pointer)
        return signature
    }
}
