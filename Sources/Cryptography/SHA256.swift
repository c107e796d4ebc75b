import CSodium

/// SHA-256 (FIPS 180-4), for Merkle trees and fingerprints of what is public. What must not be
/// guessed at is hashed with a key: ``KeyedHash``.
public struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    /// An empty message.
    public init() { crypto_hash_sha256_init(&state) }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        _ = crypto_hash_sha256_update(
            &state, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds one byte.
    public mutating func update(_ byte: UInt8) { withUnsafeBytes(of: byte) { update($0) } }

    /// Adds a digest's 32 bytes, without making an array of them.
    public mutating func update(_ digest: Digest32) { digest.withUnsafeBytes { update($0) } }

    /// The digest of all that was added.
    public consuming func finalize() -> Digest32 {
        Digest32(Bytes32 { crypto_hash_sha256_final(&state, $0) })
    }

    /// The digest of one message.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        Digest32(
            Bytes32 {
                crypto_hash_sha256(
                    $0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    UInt64(bytes.count))
            })
    }

    /// The digest of one message.
    public static func hash(_ bytes: [UInt8]) -> Digest32 { bytes.withUnsafeBytes { hash($0) } }
}
