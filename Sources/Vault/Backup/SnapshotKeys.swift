import KeyManagement
import Storage

/// The segment keys of one moment, opened when first needed; what lives may have moved on.
struct SnapshotKeys {
    private static let maximumCount = 4096

    let keyring: Keyring
    private let segments: [SegmentID: StoredSegment]
    private var keys: [SegmentID: SegmentKey] = [:]

    init(_ segments: [StoredSegment], keyring: Keyring) {
        self.keyring = keyring
        self.segments = Dictionary(segments.map { ($0.id, $0) }) { $1 }
    }

    mutating func key(of id: SegmentID) throws(KeyError) -> SegmentKey {
        if let key = keys[id] { return key }
        guard let stored = segments[id] else {
            throw KeyError(.segmentKeyDamaged, at: "segment \(id.number): missing")
        }
        let key = try SegmentKey.open(stored, keyring: keyring)
        if keys.count >= Self.maximumCount { keys.removeAll(keepingCapacity: true) }
        keys[id] = key
        return key
    }

    /// Opens the box of a record; `nil` when it does not open.
    mutating func open(_ stored: StoredRecord) -> OpenRecord? {
        guard let key = try? key(of: stored.segment) else { return nil }
        return try? OpenRecord(stored, key: key, vault: keyring.vault)
    }
}

extension OpenRecord {
    /// The compartment `@rights` as it stands in the row; `nil` if there is none, or the row has another
    /// layout than the box.
    var sealedRights: [UInt8]? {
        guard let row, row.compartments.count == box.labels.count,
            let place = box.labels.firstIndex(where: { $0.name == RightsField.label }),
            row.compartments[place].dekID == box.labels[place].dekID
        else { return nil }
        return row.compartments[place].bytes(from: stored.fields)
    }
}

extension RecordRow.Compartment {
    /// The compartment's bytes, from the row that it stands in.
    func bytes(from row: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: dekID)
        bytes.append(UInt8(fields.count))
        for range in fields {
            bytes.append(littleEndian: UInt16(range.count))
            bytes += row[range]
        }
        return bytes
    }
}
