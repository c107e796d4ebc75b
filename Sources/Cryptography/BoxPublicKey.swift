/// An X25519 public key (RFC 7748), 32 bytes, that secrets are sealed to.
public struct BoxPublicKey: Hashable, Sendable {
    /// Length of a key, in bytes.
    public static let count = Bytes32.count

    let storage: Bytes32

    init(_ storage: Bytes32) { self.storage = storage }

    /// Takes a key read from elsewhere.
    ///
    /// - Throws: `invalidKeyLength`.
    public init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard let storage = bytes.withUnsafeBytes({ Bytes32($0) }) else { throw .invalidKeyLength }
        self.storage = storage
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { storage.array }
}
