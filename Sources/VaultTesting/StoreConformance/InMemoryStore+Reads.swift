public import Storage

extension InMemoryStore {
    /// See ``VaultStore/record(_:)``.
    public func record(_ id: RecordID) async throws(StoreError) -> RecordLookup {
        try current().lookup(id)
    }

    /// See ``VaultStore/records(_:)``.
    public func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup] {
        guard defect == .tornReads else { return try current().lookups(ids) }
        var answer: [RecordLookup] = []
        for id in ids {
            answer.append(try current().lookup(id))
            // Time for a commit to come between.
            for _ in 0..<50 { await Task.yield() }
        }
        return answer
    }

    /// See ``VaultStore/records(in:limit:)``.
    public func records(
        in chain: IndexChain, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        let state = try current()
        return state.standing(in: chain, defect: defect).prefix(limit).compactMap {
            state.records[$0]
        }
    }

    /// See ``VaultStore/list(after:limit:)``.
    public func list(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [ListedRecord] {
        let state = try current()
        let live = state.records.keys.map { ListedRecord(id: $0, isErased: false) }
        let erased = state.tombstones.keys.map { ListedRecord(id: $0, isErased: true) }
        return (live + (defect == .forgetsErasedInList ? [] : erased))
            .filter { isAfter(id, $0.id) }
            .sorted { $0.id < $1.id }.prefix(limit).map { $0 }
    }

    /// See ``VaultStore/records(after:limit:)``.
    public func records(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try current().records.values.filter { isAfter(id, $0.id) }
            .sorted { $0.id < $1.id }.prefix(limit).map { $0 }
    }

    private func isAfter(_ id: RecordID?, _ other: RecordID) -> Bool {
        guard let id else { return true }
        return defect == .inclusivePaging ? other >= id : other > id
    }

    /// See ``VaultStore/indexEntries(generation:after:limit:)``.
    public func indexEntries(
        generation: UInt32, after tag: UInt64?, limit: Int
    ) async throws(StoreError) -> [IndexEntry] {
        let state = try current()
        let entries = state.index[state.table(generation, defect), default: [:]]
            .map { IndexEntry(tag: $0.key, record: $0.value) }
        guard defect == .signedTagOrder else {
            return entries.filter { entry in tag.map { entry.tag > $0 } ?? true }
                .sorted { $0.tag < $1.tag }.prefix(limit).map { $0 }
        }
        return
            entries.filter { entry in
                tag.map { Int64(bitPattern: entry.tag) > Int64(bitPattern: $0) } ?? true
            }
            .sorted { Int64(bitPattern: $0.tag) < Int64(bitPattern: $1.tag) }
            .prefix(limit).map { $0 }
    }

    /// See ``VaultStore/segment(_:)``.
    public func segment(_ id: SegmentID) async throws(StoreError) -> StoredSegment? {
        try current().segments[id]
    }

    /// See ``VaultStore/segments()``.
    public func segments() async throws(StoreError) -> [StoredSegment] {
        try current().segments.values.sorted { $0.id < $1.id }
    }

    /// See ``VaultStore/isIndexEmpty(generation:)``.
    public func isIndexEmpty(generation: UInt32) async throws(StoreError) -> Bool {
        let state = try current()
        return state.index[state.table(generation, defect), default: [:]].isEmpty
    }

    /// See ``VaultStore/boxes(in:)``.
    public func boxes(in segment: SegmentID) async throws(StoreError) -> [StoredBox] {
        try current().boxes.filter { $0.segment == segment }
    }

    /// See ``VaultStore/boxes(after:limit:)``.
    public func boxes(
        after place: RecordPlace?, limit: Int
    ) async throws(StoreError) -> [StoredBox] {
        let boxes = try current().boxes.drop { box in place.map { box.place <= $0 } ?? false }
        return Array(boxes.prefix(limit))
    }

    /// See ``VaultStore/recordCount(in:)``.
    public func recordCount(in segment: SegmentID) async throws(StoreError) -> Int {
        let state = try current()
        return defect == .staleSegmentCount
            ? state.firstSegments.values.filter { $0 == segment }.count
            : state.records.values.filter { $0.segment == segment }.count
    }

    /// See ``VaultStore/state(_:)``.
    public func state(_ name: String) async throws(StoreError) -> StoredState? {
        try current().states[name]
    }

    /// See ``VaultStore/replay(_:)``.
    public func replay(_ key: [UInt8]) async throws(StoreError) -> StoredReplay? {
        try current().replays[key]
    }

    /// See ``VaultStore/certificates(of:)``.
    public func certificates(of id: RecordID) async throws(StoreError) -> [StoredCertificate] {
        let certificates = try current().certificates[id, default: []]
        return defect == .newestCertificateFirst ? certificates.reversed() : certificates
    }

    /// See ``VaultStore/auditEntries(after:limit:)``.
    public func auditEntries(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [AuditEntry] {
        try current().audit.filter { $0.number > number }.prefix(limit).map { $0 }
    }

    /// See ``VaultStore/leafHashes(after:limit:)``.
    public func leafHashes(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [LeafHash] {
        let state = try current()
        let first = defect == .leafHashesFromTheNumber ? Int(number) - 1 : Int(number)
        return state.audit.dropFirst(max(0, first)).prefix(limit).map(\.leaf.hash)
    }

    /// See ``VaultStore/counts()``.
    public func counts() async throws(StoreError) -> StoreCounts {
        let state = try current()
        return StoreCounts(
            records: state.records.count, tombstones: state.tombstones.count,
            segments: state.segments.count,
            dirtySegments: state.segments.values.filter(\.isDirty).count,
            indexEntries: state.index.values.reduce(0) { $0 + $1.count },
            auditEntries: state.audit.count, bytesOnDisk: 0)
    }
}
