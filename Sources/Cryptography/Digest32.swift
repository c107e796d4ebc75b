/// A 32-byte digest: SHA-256. Compared in constant time.
public struct Digest32: Hashable, Sendable {
    /// Length in bytes.
    public static let count = Bytes32.count

    private let storage: Bytes32

    init(_ storage: Bytes32) { self.storage = storage }

    /// Takes a digest read back; nil unless it has 32 bytes.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard let storage = Bytes32(bytes) else { return nil }
        self.storage = storage
    }

    /// Takes a digest read back; nil unless it has 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ Self($0) }) else { return nil }
        self = digest
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { storage.array }

    /// Lends the bytes for the duration of the call.
    public func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try storage.withUnsafeBytes(body)
    }
}
