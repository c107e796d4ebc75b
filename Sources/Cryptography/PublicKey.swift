import CSodium

/// An Ed25519 public key (RFC 8032), 32 bytes.
public struct PublicKey: Hashable, Sendable {
    /// Length of a key, in bytes.
    public static let count = Bytes32.count
    /// Length of a signature, in bytes.
    public static let signatureCount = 64

    private let storage: Bytes32

    init(_ storage: Bytes32) { self.storage = storage }

    /// Takes a key read from elsewhere. Whether it is a point of the curve shows when it verifies:
    /// no signature is valid under one that is not.
    ///
    /// - Throws: `invalidKeyLength`.
    public init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard let storage = bytes.withUnsafeBytes({ Bytes32($0) }) else { throw .invalidKeyLength }
        self.storage = storage
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { storage.array }

    /// Whether `signature` is this key's over the message. Signatures of another length, with a
    /// non-canonical scalar, or under a key of small order are not.
    public func isValidSignature(
        _ signature: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer
    ) -> Bool {
        guard signature.count == Self.signatureCount, let start = signature.baseAddress else {
            return false
        }
        return storage.withPointer { key in
            crypto_sign_verify_detached(
                start.assumingMemoryBound(to: UInt8.self),
                message.baseAddress?.assumingMemoryBound(to: UInt8.self),
                UInt64(message.count), key) == 0
        }
    }

    /// Whether `signature` is this key's over the message.
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        signature.withUnsafeBytes { signature in
            message.withUnsafeBytes { isValidSignature(signature, for: $0) }
        }
    }
}
