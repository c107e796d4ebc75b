import Storage

/// The identifier of a vault: a UUID, bound into everything that is sealed in it.
public struct VaultID: Sendable, Hashable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Reads 16 bytes; `nil` for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the 36-character form.
    public init?(_ text: String) {
        guard let id = RecordID(text) else { return nil }
        bytes = id.bytes
    }

    /// The 36-character form.
    public var description: String { RecordID(bytes: bytes)?.description ?? "" }
}
