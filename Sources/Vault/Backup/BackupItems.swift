import Storage

/// What chunks hold, item by item (docs/FORMAT.md, "Backup parts").
struct BackupRow {
    let id: RecordID
    let fields: [UInt8]

    static func append(_ id: RecordID, _ fields: [UInt8], to body: inout [UInt8]) {
        body += id.bytes
        body.append(prefixed: fields)
    }

    fileprivate init?(_ reader: inout ItemReader) {
        guard let id = reader.recordID(), let fields = reader.prefixed() else { return nil }
        self.id = id
        self.fields = fields
    }
}

/// A key box, and the sealed `@rights` of the row, which an older records part must not bring back.
struct BackupBox {
    let id: RecordID
    let segment: SegmentID
    let generation: UInt64
    let box: [UInt8]
    /// The compartment as it stands in the row; empty if there is none.
    let rights: [UInt8]

    static func append(_ stored: StoredRecord, rights: [UInt8], to body: inout [UInt8]) {
        body += stored.id.bytes
        body.append(littleEndian: stored.segment.number)
        body.append(littleEndian: stored.generation)
        body.append(prefixed: stored.box)
        body.append(prefixed: rights)
    }

    fileprivate init?(_ reader: inout ItemReader) {
        guard let id = reader.recordID(), let segment = reader.integer(UInt32.self),
            let generation = reader.integer(UInt64.self), let box = reader.prefixed(),
            let rights = reader.prefixed()
        else { return nil }
        self.id = id
        self.segment = SegmentID(segment)
        self.generation = generation
        self.box = box
        self.rights = rights
    }

    /// The record as far as the keys part knows it.
    var stored: StoredRecord {
        StoredRecord(id: id, segment: segment, generation: generation, box: box, fields: [])
    }
}

/// The items of a chunk's body; `nil` for a body that is none.
enum BackupItems {
    static func rows(_ body: [UInt8]) -> [BackupRow]? {
        items(body) { BackupRow(&$0) }
    }

    static func boxes(_ body: [UInt8]) -> [BackupBox]? {
        items(body) { BackupBox(&$0) }
    }

    static func append(_ entry: AuditEntry, to body: inout [UInt8]) {
        body.append(littleEndian: entry.number)
        entry.leaf.hash.withUnsafeBytes { body += $0 }
        body.append(prefixed: entry.leaf.entry)
    }

    static func entries(_ body: [UInt8]) -> [AuditEntry]? {
        items(body) { reader in
            guard let number = reader.integer(UInt64.self),
                let hash = reader.bytes(LeafHash.count).flatMap({ LeafHash($0) }),
                let entry = reader.prefixed()
            else { return nil }
            return AuditEntry(number: number, leaf: LogLeaf(entry: entry, hash: hash))
        }
    }

    static func append(_ segment: StoredSegment, to body: inout [UInt8]) {
        body.append(littleEndian: segment.id.number)
        body.append(littleEndian: segment.generation)
        body.append(littleEndian: segment.epoch)
        body.append(littleEndian: segment.dirtySince)
        body.append(prefixed: segment.wrapped)
    }

    static func segments(_ body: [UInt8]) -> [StoredSegment]? {
        items(body) { reader in
            guard let number = reader.integer(UInt32.self),
                let generation = reader.integer(UInt64.self),
                let epoch = reader.integer(UInt64.self), let dirty = reader.integer(UInt64.self),
                let wrapped = reader.prefixed()
            else { return nil }
            return StoredSegment(
                id: SegmentID(number), generation: generation, epoch: epoch, dirtySince: dirty,
                wrapped: wrapped)
        }
    }

    static func append(_ tombstone: StoredTombstone, to body: inout [UInt8]) {
        body += tombstone.id.bytes
        body.append(prefixed: tombstone.body)
    }

    static func tombstones(_ body: [UInt8]) -> [StoredTombstone]? {
        items(body) { reader in
            guard let id = reader.recordID(), let body = reader.prefixed() else { return nil }
            return StoredTombstone(id: id, body: body)
        }
    }

    static func append(_ state: StoredState, to body: inout [UInt8]) {
        body.append(prefixed: Array(state.name.utf8))
        body.append(littleEndian: state.version)
        body.append(prefixed: state.sealed)
    }

    static func states(_ body: [UInt8]) -> [StoredState]? {
        items(body) { reader in
            guard let name = reader.prefixed(), let version = reader.integer(UInt64.self),
                let sealed = reader.prefixed()
            else { return nil }
            return StoredState(
                name: String(decoding: name, as: UTF8.self), version: version, sealed: sealed)
        }
    }

    static func append(_ listed: ListedCertificate, to body: inout [UInt8]) {
        body.append(littleEndian: listed.number)
        body += listed.record.bytes
        body.append(littleEndian: listed.certificate.entry)
        body.append(prefixed: listed.certificate.body)
    }

    static func certificates(_ body: [UInt8]) -> [ListedCertificate]? {
        items(body) { reader in
            guard let number = reader.integer(UInt64.self), let record = reader.recordID(),
                let entry = reader.integer(UInt64.self), let body = reader.prefixed()
            else { return nil }
            return ListedCertificate(
                number: number, record: record,
                certificate: StoredCertificate(entry: entry, body: body))
        }
    }

    private static func items<Item>(
        _ body: [UInt8], _ read: (inout ItemReader) -> Item?
    ) -> [Item]? {
        var reader = ItemReader(body)
        var items: [Item] = []
        while !reader.isAtEnd {
            guard let item = read(&reader) else { return nil }
            items.append(item)
        }
        return items
    }
}

/// Reads a body front to back; past its end there is nothing.
private struct ItemReader {
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

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.count - offset >= count else { return nil }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    mutating func prefixed() -> [UInt8]? {
        guard let count = integer(UInt32.self) else { return nil }
        return bytes(Int(count)).map(Array.init)
    }

    mutating func recordID() -> RecordID? {
        bytes(16).flatMap { RecordID(bytes: $0) }
    }
}
