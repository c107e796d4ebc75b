import Cryptography
import Storage
import StrictJSON
import Verification

/// An audit entry as it is read back (docs/FORMAT.md, "Audit entries").
struct LoggedEntry: Sendable, Equatable {
    /// Which parts an entry has that not every entry has.
    struct Parts: OptionSet {
        let rawValue: UInt8

        static let user = Parts(rawValue: 1)
        static let purpose = Parts(rawValue: 2)
        static let record = Parts(rawValue: 4)
        static let generation = Parts(rawValue: 8)
        static let reason = Parts(rawValue: 16)
        static let count = Parts(rawValue: 32)
        static let digest = Parts(rawValue: 64)
        static let token = Parts(rawValue: 128)
    }

    static let format: UInt8 = 1

    let milliseconds: Int64
    let uid: UInt32
    let pid: Int32
    let operation: String
    let outcome: String
    let requestID: String
    let user: String?
    let purpose: String?
    let record: RecordID?
    let generation: UInt64?
    let reason: String?
    let count: UInt64?
    let digest: Digest32?
    let token: String?
    let fields: [String]

    /// Reads an entry; `nil` if anything in it is not understood.
    init?(_ bytes: [UInt8]) {
        var reader = EntryReader(bytes)
        guard reader.integer(UInt8.self) == Self.format,
            let milliseconds = reader.integer(UInt64.self),
            let uid = reader.integer(UInt32.self), let pid = reader.integer(UInt32.self),
            let parts = reader.integer(UInt8.self).map(Parts.init), let operation = reader.text(),
            let outcome = reader.text(), let requestID = reader.text()
        else { return nil }
        self.milliseconds = Int64(bitPattern: milliseconds)
        self.uid = uid
        self.pid = Int32(bitPattern: pid)
        self.operation = operation
        self.outcome = outcome
        self.requestID = requestID
        user = parts.contains(.user) ? reader.text() : nil
        purpose = parts.contains(.purpose) ? reader.text() : nil
        record = parts.contains(.record) ? reader.recordID() : nil
        generation = parts.contains(.generation) ? reader.integer(UInt64.self) : nil
        reason = parts.contains(.reason) ? reader.text() : nil
        count = parts.contains(.count) ? reader.integer(UInt64.self) : nil
        digest = parts.contains(.digest) ? reader.digest() : nil
        token = parts.contains(.token) ? reader.text() : nil
        guard let fieldCount = reader.integer(UInt8.self) else { return nil }
        var fields: [String] = []
        for _ in 0..<fieldCount {
            guard let field = reader.text() else { return nil }
            fields.append(field)
        }
        self.fields = fields
        guard reader.isAtEnd else { return nil }
    }
}

extension LoggedEntry {
    /// Writes the entry's members as the interface shows them: what does not apply is absent.
    func writeMembers(to writer: inout JSONWriter) {
        writer.member("t", Timestamp.text(milliseconds: milliseconds))
        writer.member("uid", uid)
        if let user { writer.member("user", user) }
        if let token { writer.member("token", token) }
        writer.member("pid", pid)
        if let purpose { writer.member("purpose", purpose) }
        writer.member("op", operation)
        if let record { writer.member("record", record.description) }
        if !fields.isEmpty {
            writer.name("fields")
            writer.beginArray()
            for field in fields { writer.string(field) }
            writer.endArray()
        }
        writer.member("outcome", outcome)
        if let generation { writer.member("generation", generation) }
        if let reason { writer.member("reason", reason) }
        if let count { writer.member("count", count) }
        if let digest { writer.member("digest", Base64.encode(digest.bytes)) }
        writer.member("request", requestID)
    }
}

/// Reads an entry front to back; past its end there is nothing.
private struct EntryReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard bytes.count - offset >= size else { return nil }
        defer { offset += size }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    mutating func text() -> String? {
        guard let count = integer(UInt8.self).map(Int.init), bytes.count - offset >= count else {
            return nil
        }
        defer { offset += count }
        return String(validating: bytes[offset..<(offset + count)], as: UTF8.self)
    }

    mutating func digest() -> Digest32? {
        guard bytes.count - offset >= 32 else { return nil }
        defer { offset += 32 }
        return bytes.withUnsafeBytes {
            Digest32(UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + 32)]))
        }
    }

    mutating func recordID() -> RecordID? {
        guard bytes.count - offset >= 16 else { return nil }
        defer { offset += 16 }
        return RecordID(bytes: bytes[offset..<(offset + 16)])
    }
}
