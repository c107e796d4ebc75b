import Storage

/// A change of an index that is kept back until the index is filled.
struct KeptBack: Sendable {
    let isAddition: Bool
    let chain: IndexChain
    let id: RecordID
    var boxGeneration: UInt64?
}

/// All that an ``InMemoryStore`` holds; a value, so that taking back is keeping the old one.
struct MemoryState: Sendable {
    var records: [RecordID: StoredRecord] = [:]
    var firstSegments: [RecordID: SegmentID] = [:]
    var places: [RecordID: UInt64] = [:]
    var deferredIndex: UInt32?
    var keptBack: [KeptBack] = []
    var boxGeneration: UInt64?
    var tombstones: [RecordID: [UInt8]] = [:]
    var index: [UInt32: [UInt64: RecordID]] = [:]
    var segments: [SegmentID: StoredSegment] = [:]
    var states: [String: StoredState] = [:]
    var replays: [[UInt8]: StoredReplay] = [:]
    var certificates: [RecordID: [StoredCertificate]] = [:]
    var listedCertificates: [ListedCertificate] = []
    var audit: [AuditEntry] = []
    var lastAuditNumber: UInt64 = 0

    func lookup(_ id: RecordID) -> RecordLookup {
        if let record = records[id] { return .live(record) }
        return tombstones[id].map { .erased(tombstone: $0) } ?? .unknown
    }

    /// In the order of places.
    var boxes: [StoredBox] {
        records.values.map { record in
            StoredBox(
                place: RecordPlace(places[record.id] ?? 0), id: record.id,
                segment: record.segment, generation: record.generation, box: record.box)
        }.sorted { $0.place < $1.place }
    }

    func lookups(_ ids: [RecordID]) -> [RecordLookup] {
        ids.map { lookup($0) }
    }

    func table(_ generation: UInt32, _ defect: InMemoryStore.Defect?) -> UInt32 {
        defect == .oneIndexForAll ? 0 : generation
    }

    func standing(in chain: IndexChain, defect: InMemoryStore.Defect?) -> [RecordID] {
        let entries = index[table(chain.generation, defect), default: [:]]
        var answer: [RecordID] = []
        while let record = entries[chain.tag(UInt32(answer.count))] { answer.append(record) }
        return answer
    }

    mutating func apply(
        _ mutation: Mutation, seeing state: MemoryState, defect: InMemoryStore.Defect?
    ) -> MutationOutcome {
        for (place, expectation) in mutation.expectations.enumerated() {
            guard let rejection = state.rejection(of: expectation, place, defect) else { continue }
            if defect == .auditGap { lastAuditNumber += 1 }
            return .rejected(rejection)
        }
        boxGeneration = mutation.writes.reduce(nil) { generation, write in
            switch write {
            case .insert(let record), .replace(let record): record.generation
            default: generation
            }
        }
        for write in mutation.writes {
            guard carryOut(write, defect) else { return .failed(.unexpected(code: 0)) }
        }
        for leaf in mutation.audit {
            lastAuditNumber += 1
            audit.append(AuditEntry(number: lastAuditNumber, leaf: leaf))
        }
        return .committed
    }

    mutating func takeBack(to state: MemoryState, defect: InMemoryStore.Defect?) {
        let number = lastAuditNumber
        self = state
        if defect == .auditGap { lastAuditNumber = number + 1 }
    }

    private func rejection(
        of expectation: Expectation, _ place: Int, _ defect: InMemoryStore.Defect?
    ) -> Rejection? {
        switch expectation {
        case .generation(let id, let expected):
            guard let record = records[id] else { return missing(id) }
            return record.generation == expected
                ? nil : .changed(id, generation: record.generation)
        case .exists(let id): return records[id] == nil ? missing(id) : nil
        case .absent(let id): return lookup(id) == .unknown ? nil : .present(id)
        case .vacant(let chain, let ignored):
            let others = standing(in: chain, defect: defect).filter { !ignored.contains($0) }
            return others.isEmpty ? nil : .occupied(by: others, expectation: place)
        case .unusedReplay(let key, let now):
            guard let replay = replays[key] else { return nil }
            let counts = replay.expiresAtSeconds >= now || defect == .eternalReplay
            return counts ? .replay(replay) : nil
        case .stateVersion(let name, let expected):
            let version = states[name]?.version ?? 0
            return version == expected || defect == .anyStateVersion
                ? nil : .stateChanged(name: name, version: version)
        case .segment(let segment, let count):
            let found = records.values.filter { $0.segment == segment.id }.count
            let isSame = segments[segment.id] == segment && count.map { $0 == found } ?? true
            return isSame || defect == .anySegment ? nil : .segmentChanged(segment.id)
        }
    }

    private func missing(_ id: RecordID) -> Rejection {
        tombstones[id] == nil ? .unknownRecord(id) : .erased(id)
    }
}
