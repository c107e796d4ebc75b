public import Cryptography

/// An entry of the audit log, read from the bytes that are its leaf (docs/FORMAT.md, "Audit entries").
///
/// It holds what the bytes say. Whether they are the log's, a proof or the whole tree tells.
public struct LogEntry: Sendable, Hashable {
    /// The largest entry, in bytes: every part at its longest.
    public static let maximumBytes = 128 << 10

    /// When, in milliseconds since 1970 in UTC.
    public let milliseconds: Int64
    /// Who, as the kernel named the caller.
    public let uid: UInt32
    /// The caller's process.
    public let pid: Int32
    /// What was done, such as `erase`.
    public let operation: String
    /// How it ended: `ok` or an error code.
    public let outcome: String
    /// The id by which logs know the request.
    public let requestID: String
    /// The caller's name.
    public let user: String?
    /// What for.
    public let purpose: String?
    /// The record's id, a UUID in lower case.
    public let record: String?
    /// The version of the record or of the policy.
    public let generation: UInt64?
    /// Why, a code.
    public let reason: String?
    /// How many.
    public let count: UInt64?
    /// SHA-256 of a document that was signed: of an erasure's certificate
    /// (``ErasureCertificate/digest(of:)``).
    public let digest: Digest32?
    /// The token under which the caller asked, or that it was refused.
    public let token: String?
    /// The names of the fields that were touched.
    public let fields: [String]

    private static let format: UInt8 = 1

    /// Reads an entry; nil for anything but the whole of one entry in the known format.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes else { return nil }
        var reader = LogEntryReader(bytes)
        guard reader.integer(UInt8.self) == Self.format,
            let milliseconds = reader.integer(UInt64.self),
            let uid = reader.integer(UInt32.self), let pid = reader.integer(UInt32.self),
            let parts = reader.integer(UInt8.self), let operation = reader.text(),
            let outcome = reader.text(),
            let requestID = reader.text()
        else { return nil }
        self.milliseconds = Int64(bitPattern: milliseconds)
        self.uid = uid
        self.pid = Int32(bitPattern: pid)
        self.operation = operation
        self.outcome = outcome
        self.requestID = requestID
        let has = { (bit: UInt8) in parts >> bit & 1 == 1 }
        user = has(0) ? reader.text() : nil
        purpose = has(1) ? reader.text() : nil
        record = has(2) ? reader.bytes(16).map(Self.uuid) : nil
        generation = has(3) ? reader.integer(UInt64.self) : nil
        reason = has(4) ? reader.text() : nil
        count = has(5) ? reader.integer(UInt64.self) : nil
        digest = has(6) ? reader.bytes(Digest32.count).flatMap { Digest32($0) } : nil
        token = has(7) ? reader.text() : nil
        guard let fieldCount = reader.integer(UInt8.self) else { return nil }
        var fields: [String] = []
        for _ in 0..<fieldCount { fields.append(reader.text() ?? "") }
        self.fields = fields
        // A part that was not there whole has left the reader failed.
        guard reader.isAtEnd else { return nil }
    }

    private static func uuid(_ bytes: [UInt8]) -> String {
        var text = ""
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
