import Storage

/// The audit entries of one group, which share a row: a row of its own for each would cost more than
/// all the rest of a read's commit (docs/FORMAT.md, "Audit entries").
enum AuditRow {
    /// Each entry after its length.
    static func bytes(of entries: [[UInt8]]) -> [UInt8] {
        var row: [UInt8] = []
        row.reserveCapacity(entries.reduce(0) { $0 + 4 + $1.count })
        for entry in entries {
            withUnsafeBytes(of: UInt32(entry.count).littleEndian) { row += $0 }
            row += entry
        }
        return row
    }

    /// The entries of a row, numbered from `first`; `nil` if it is none.
    static func entries(in row: [UInt8], from first: UInt64) -> [AuditEntry]? {
        var entries: [AuditEntry] = []
        var offset = 0
        while offset < row.count {
            guard row.count - offset >= 4 else { return nil }
            let count = row.withUnsafeBytes {
                Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
            offset += 4
            guard row.count - offset >= count else { return nil }
            entries.append(
                AuditEntry(
                    number: first + UInt64(entries.count),
                    body: Array(row[offset..<(offset + count)])))
            offset += count
        }
        return entries
    }
}
