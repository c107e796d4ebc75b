public import Storage
import Synchronization

extension FaultyStore {
    /// See ``VaultStore/record(_:)``.
    public func record(_ id: RecordID) async throws(StoreError) -> RecordLookup {
        try checkService()
        let lookup = substituted(try await inner.record(id))
        await stop { point in
            guard case .afterRead(let wanted) = point else { return false }
            return wanted == id
        }
        return lookup
    }

    /// See ``VaultStore/records(_:)``.
    public func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup] {
        try checkService()
        let lookups = try await inner.records(ids).map(substituted)
        await stop { point in
            guard case .afterRead(let wanted) = point else { return false }
            return ids.contains(wanted)
        }
        return lookups
    }

    /// See ``VaultStore/records(in:limit:)``.
    public func records(
        in chain: IndexChain, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try checkService()
        let records = try await inner.records(in: chain, limit: limit).map(substituted)
        await stop { point in
            guard case .afterRead(let wanted) = point else { return false }
            return records.contains { $0.id == wanted }
        }
        return records
    }

    /// See ``VaultStore/list(after:limit:)``.
    public func list(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [ListedRecord] {
        try checkService()
        return try await inner.list(after: id, limit: limit)
    }

    /// See ``VaultStore/records(after:limit:)``.
    public func records(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try checkService()
        return try await inner.records(after: id, limit: limit).map(substituted)
    }

    /// See ``VaultStore/indexEntries(generation:after:limit:)``.
    public func indexEntries(
        generation: UInt32, after tag: UInt64?, limit: Int
    ) async throws(StoreError) -> [IndexEntry] {
        try checkService()
        return try await inner.indexEntries(generation: generation, after: tag, limit: limit)
    }

    /// See ``VaultStore/segment(_:)``.
    public func segment(_ id: SegmentID) async throws(StoreError) -> StoredSegment? {
        try checkService()
        return try await inner.segment(id)
    }

    /// See ``VaultStore/segments()``.
    public func segments() async throws(StoreError) -> [StoredSegment] {
        try checkService()
        return try await inner.segments()
    }

    /// See ``VaultStore/isIndexEmpty(generation:)``.
    public func isIndexEmpty(generation: UInt32) async throws(StoreError) -> Bool {
        try checkService()
        return try await inner.isIndexEmpty(generation: generation)
    }

    /// See ``VaultStore/boxes(in:)``.
    public func boxes(in segment: SegmentID) async throws(StoreError) -> [StoredBox] {
        try checkService()
        return try await inner.boxes(in: segment)
    }

    /// See ``VaultStore/boxes(after:limit:)``.
    public func boxes(
        after place: RecordPlace?, limit: Int
    ) async throws(StoreError) -> [StoredBox] {
        try checkService()
        return try await inner.boxes(after: place, limit: limit)
    }

    /// See ``VaultStore/recordCount(in:)``.
    public func recordCount(in segment: SegmentID) async throws(StoreError) -> Int {
        try checkService()
        return try await inner.recordCount(in: segment)
    }

    /// See ``VaultStore/state(_:)``.
    public func state(_ name: String) async throws(StoreError) -> StoredState? {
        try checkService()
        if let state = state.withLock({ $0.states[name] }) { return state }
        return try await inner.state(name)
    }

    /// See ``VaultStore/replay(_:)``.
    public func replay(_ key: [UInt8]) async throws(StoreError) -> StoredReplay? {
        try checkService()
        return try await inner.replay(key)
    }

    /// See ``VaultStore/certificates(of:)``.
    public func certificates(of id: RecordID) async throws(StoreError) -> [StoredCertificate] {
        try checkService()
        return try await inner.certificates(of: id)
    }

    /// See ``VaultStore/auditEntries(after:limit:)``.
    public func auditEntries(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [AuditEntry] {
        try checkService()
        return try await inner.auditEntries(after: number, limit: limit)
    }

    /// See ``VaultStore/leafHashes(after:limit:)``.
    public func leafHashes(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [LeafHash] {
        try checkService()
        return try await inner.leafHashes(after: number, limit: limit)
    }

    /// See ``VaultStore/snapshot()``.
    public func snapshot() async throws(StoreError) -> any StoreSnapshot {
        try checkService()
        return try await inner.snapshot()
    }

    /// See ``VaultStore/counts()``.
    public func counts() async throws(StoreError) -> StoreCounts {
        try checkService()
        return try await inner.counts()
    }

    /// See ``VaultStore/sync()``.
    public func sync() async throws(StoreError) {
        try checkService()
        try await inner.sync()
    }

    /// See ``VaultStore/scrub()``.
    public func scrub() async throws(StoreError) -> Bool {
        try checkService()
        return try await inner.scrub()
    }

    /// See ``VaultStore/close()``.
    public func close() async {
        await inner.close()
    }

    func checkService() throws(StoreError) {
        if state.withLock({ $0.isFailed }) { throw .closed }
    }

    /// Stops at the first gate whose point matches, which serves once.
    func stop(_ matches: (Point) -> Bool) async {
        let gate = state.withLock { state in
            let place = state.holds.firstIndex { matches($0.point) }
            return place.map { state.holds.remove(at: $0).gate }
        }
        await gate?.pass()
    }

    private func substituted(_ record: StoredRecord) -> StoredRecord {
        state.withLock { $0.records[record.id] } ?? record
    }

    private func substituted(_ lookup: RecordLookup) -> RecordLookup {
        guard case .live(let record) = lookup else { return lookup }
        return .live(substituted(record))
    }
}
