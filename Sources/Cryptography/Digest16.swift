/// A 16-byte digest: a blind-index token or tag. Compared in constant time, ordered bytewise.
public struct Digest16: Hashable, Sendable {
    /// Length in bytes.
    public static let count = 16

    @usableFromInline internal var words: (UInt64, UInt64) = (0, 0)

    /// Takes a digest read back; nil unless it has 16 bytes.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    /// Takes a digest read back; nil unless it has 16 bytes.
    public init?(_ bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ Self($0) }) else { return nil }
        self = digest
    }

    init(filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        withUnsafeMutableBytes(of: &words, fill)
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The first eight bytes as a little-endian number.
    public var prefix: UInt64 { UInt64(littleEndian: words.0) }

    /// Lends the bytes for the duration of the call.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// Whether both are the same, in constant time.
    public static func == (a: Digest16, b: Digest16) -> Bool {
        (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1) == 0
    }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension Digest16: Comparable {
    /// Bytewise order, as a database orders blobs.
    public static func < (a: Digest16, b: Digest16) -> Bool {
        (a.words.0.bigEndian, a.words.1.bigEndian) < (b.words.0.bigEndian, b.words.1.bigEndian)
    }
}
