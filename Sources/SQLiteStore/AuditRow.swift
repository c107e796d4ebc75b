import Storage

/// The audit entries of one group, which share a row: a row of its own for each would cost more than
/// all the rest of a read's commit (docs/FORMAT.md, "Audit entries").
enum AuditRow {
    /// Each entry after its length.
    static func entries(of leaves: [LogLeaf]) -> [UInt8] {
        var row: [UInt8] = []
        row.reserveCapacity(leaves.reduce(0) { $0 + 4 + $1.entry.count })
        for leaf in leaves { append(leaf.entry, to: &row) }
        return row
    }

    /// The hashes, one after the other.
    static func hashes(of leaves: [LogLeaf]) -> [UInt8] {
        var row: [UInt8] = []
        row.reserveCapacity(LeafHash.count * leaves.count)
        for leaf in leaves { leaf.hash.withUnsafeBytes { row += $0 } }
        return row
    }

    /// The entries of a row, numbered from `first`; `nil` if its hashes are none. Where the entries
    /// are not what was written, each is one zero byte, and so not what its hash says; an empty one has
    /// expired.
    static func read(hashes: [UInt8], entries row: [UInt8], from first: UInt64) -> [AuditEntry]? {
        guard let hashes = read(hashes: hashes) else { return nil }
        let entries = split(row, into: hashes.count) ?? hashes.map { _ in [0] }
        return zip(hashes, entries).enumerated().map { place, leaf in
            AuditEntry(
                number: first + UInt64(place), leaf: LogLeaf(entry: leaf.1, hash: leaf.0))
        }
    }

    /// The entries of a row of `count` from `first`, those of `range` expired. Of a row that is not
    /// what was written nothing stays once all of it has expired, and all until then.
    static func expiring(
        _ range: ClosedRange<UInt64>, in row: [UInt8], count: Int, from first: UInt64
    ) -> [UInt8] {
        let isAll = range.contains(first) && range.contains(first + UInt64(max(count, 1)) - 1)
        guard !isAll else { return [UInt8](repeating: 0, count: 4 * count) }
        guard let entries = split(row, into: count) else { return row }
        var kept: [UInt8] = []
        kept.reserveCapacity(row.count)
        for (place, entry) in entries.enumerated() {
            append(range.contains(first + UInt64(place)) ? [] : entry, to: &kept)
        }
        return kept
    }

    private static func append(_ entry: [UInt8], to row: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(entry.count).littleEndian) { row += $0 }
        row += entry
    }

    private static func split(_ row: [UInt8], into count: Int) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        entries.reserveCapacity(count)
        var offset = 0
        for _ in 0..<count {
            guard row.count - offset >= 4 else { return nil }
            let length = row.withUnsafeBytes {
                Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
            offset += 4
            guard row.count - offset >= length else { return nil }
            entries.append(Array(row[offset..<(offset + length)]))
            offset += length
        }
        return offset == row.count ? entries : nil
    }

    /// The hashes of a row; `nil` if it is none.
    static func read(hashes row: [UInt8]) -> [LeafHash]? {
        guard row.count.isMultiple(of: LeafHash.count) else { return nil }
        return row.withUnsafeBytes { bytes in
            stride(from: 0, to: row.count, by: LeafHash.count).compactMap { offset in
                LeafHash(
                    UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + LeafHash.count)]))
            }
        }
    }
}
