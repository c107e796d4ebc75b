/// An entry of the audit log and its hash in the log's tree. The store keeps both apart: entries
/// expire one day (``Write/expireAuditEntries(after:through:)``), and the tree still verifies by the hashes.
public struct LogLeaf: Sendable, Equatable {
    /// The entry (docs/FORMAT.md, "Audit entries").
    public var entry: [UInt8]
    /// Its leaf hash, which the vault computes: a store has no cryptography.
    public var hash: LeafHash

    /// Joins an entry and its hash.
    public init(entry: [UInt8], hash: LeafHash) {
        self.entry = entry
        self.hash = hash
    }

    /// Whether the entry has expired and only its hash is left: no entry is empty.
    public var isExpired: Bool { entry.isEmpty }
}

/// The 32 bytes of a leaf hash (RFC 9162, 2.1.1), without an allocation of their own.
public struct LeafHash: Sendable, Hashable {
    /// How many bytes it has.
    public static let count = 32

    private var words: SIMD4<UInt64> = .zero

    /// Stands where an entry is missing, so that those after it keep their places: zeros.
    public static let missing = LeafHash()

    private init() {}

    /// Takes 32 bytes; `nil` for any other count.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    /// Takes 32 bytes; `nil` for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let hash = Array(bytes).withUnsafeBytes({ Self($0) }) else { return nil }
        self = hash
    }

    /// Lends the bytes for the duration of the call.
    public func withUnsafeBytes<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        Swift.withUnsafeBytes(of: words, body)
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
