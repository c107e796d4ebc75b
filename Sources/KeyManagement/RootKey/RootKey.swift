public import Cryptography

/// The key above all others. It seals nothing itself: it derives the keyring's keys.
public final class RootKey: Sendable {
    private let commitmentKey: SecretBytes
    private let sealingKey: SecretBytes

    /// Derives what the keyring needs from 32 bytes and lets go of them.
    public init(_ bytes: consuming SecretBytes) throws(CryptographyError) {
        guard bytes.count == 32 else { throw .invalidKeyLength }
        commitmentKey = try KeyedHash.deriveSubkey(
            from: bytes, context: "aitta.keyring.commitment.v1")
        sealingKey = try KeyedHash.deriveSubkey(from: bytes, context: "aitta.keyring.seal.v1")
    }

    /// Whether another one is made of the same bytes.
    public func isSame(as other: RootKey) throws(CryptographyError) -> Bool {
        let (own, others) = (try commitment(to: []), try other.commitment(to: []))
        return ConstantTime.equals(own, others)
    }

    func commitment(to header: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try KeyedHash.hash(header, key: commitmentKey)
    }

    func seal(
        _ secret: borrowing SecretBytes, associatedData: AssociatedData
    ) throws(CryptographyError) -> [UInt8] {
        try AEAD.sealSecret(secret, associatedData: associatedData, key: sealingKey)
    }

    func open(
        _ sealed: [UInt8], associatedData: AssociatedData
    ) throws(CryptographyError) -> SecretBytes {
        try AEAD.openSecret(sealed, associatedData: associatedData, key: sealingKey)
    }
}
