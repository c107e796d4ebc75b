import Storage

/// Which records changed in which group, for as long as an answer under way may be older.
struct RecentChanges {
    private static let maximumCount = 16384
    private var lastChange: [RecordID: UInt64] = [:]
    /// Reads from before this group are taken as outdated, whatever they read.
    private var floor: UInt64 = 0

    /// Whether a record is as it was after group `sequence`.
    func isUnchanged(_ record: RecordID, since sequence: UInt64) -> Bool {
        sequence >= floor && lastChange[record] ?? 0 <= sequence
    }

    mutating func note(_ records: some Sequence<RecordID>, group: UInt64) {
        for record in records { lastChange[record] = group }
        if lastChange.count > Self.maximumCount {
            lastChange.removeAll(keepingCapacity: true)
            floor = group
        }
    }
}

extension Mutation {
    /// Whether it writes what was sealed or looked up with keys that a rotation may change.
    var needsKeys: Bool {
        writes.contains { write in
            switch write {
            case .insert, .replace, .reseal, .addToIndex, .removeFromIndex, .putSegment, .markDirty,
                .putState, .putReplay:
                true
            default: false
            }
        }
    }

    /// The records that this mutation changes.
    var changedRecords: [RecordID] {
        writes.compactMap { write in
            switch write {
            case .insert(let record), .replace(let record): record.id
            case .erase(let id, _): id
            default: nil
            }
        }
    }
}
