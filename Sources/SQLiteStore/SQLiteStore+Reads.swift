public import Storage

extension SQLiteStore {
    /// See ``VaultStore/record(_:)``.
    public func record(_ id: RecordID) async throws(StoreError) -> RecordLookup {
        try await read { reader throws(StoreError) in try reader.record(id) }
    }

    /// See ``VaultStore/records(_:)``.
    public func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup] {
        try await read { reader throws(StoreError) in try reader.records(ids) }
    }

    /// See ``VaultStore/records(in:limit:)``.
    public func records(
        in chain: IndexChain, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try await read { reader throws(StoreError) in try reader.records(in: chain, limit: limit) }
    }

    /// See ``VaultStore/list(after:limit:)``.
    public func list(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [ListedRecord] {
        try await read { reader throws(StoreError) in try reader.list(after: id, limit: limit) }
    }

    /// See ``VaultStore/records(after:limit:)``.
    public func records(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try await read { reader throws(StoreError) in try reader.records(after: id, limit: limit) }
    }

    /// See ``VaultStore/indexEntries(generation:after:limit:)``.
    public func indexEntries(
        generation: UInt32, after tag: UInt64?, limit: Int
    ) async throws(StoreError) -> [IndexEntry] {
        try await read { reader throws(StoreError) in
            try reader.indexEntries(generation: generation, after: tag, limit: limit)
        }
    }

    /// See ``VaultStore/isIndexEmpty(generation:)``.
    public func isIndexEmpty(generation: UInt32) async throws(StoreError) -> Bool {
        try await read { reader throws(StoreError) in
            try reader.isIndexEmpty(generation: generation)
        }
    }

    /// See ``VaultStore/segment(_:)``.
    public func segment(_ id: SegmentID) async throws(StoreError) -> StoredSegment? {
        try await read { reader throws(StoreError) in try reader.segment(id) }
    }

    /// See ``VaultStore/segments()``.
    public func segments() async throws(StoreError) -> [StoredSegment] {
        try await read { reader throws(StoreError) in try reader.segments() }
    }

    /// See ``VaultStore/recordCount(in:)``.
    public func recordCount(in segment: SegmentID) async throws(StoreError) -> Int {
        try await read { reader throws(StoreError) in try reader.recordCount(in: segment) }
    }

    /// See ``VaultStore/boxes(in:)``.
    public func boxes(in segment: SegmentID) async throws(StoreError) -> [StoredBox] {
        try await read { reader throws(StoreError) in try reader.boxes(in: segment) }
    }

    /// See ``VaultStore/boxes(after:limit:)``.
    public func boxes(
        after place: RecordPlace?, limit: Int
    ) async throws(StoreError) -> [StoredBox] {
        try await read { reader throws(StoreError) in
            try reader.boxes(after: place, limit: limit)
        }
    }

    /// See ``VaultStore/state(_:)``.
    public func state(_ name: String) async throws(StoreError) -> StoredState? {
        try await read { reader throws(StoreError) in try reader.state(name) }
    }

    /// See ``VaultStore/replay(_:)``.
    public func replay(_ key: [UInt8]) async throws(StoreError) -> StoredReplay? {
        try await read { reader throws(StoreError) in try reader.replay(key) }
    }

    /// See ``VaultStore/certificates(of:)``.
    public func certificates(of id: RecordID) async throws(StoreError) -> [StoredCertificate] {
        try await read { reader throws(StoreError) in try reader.certificates(of: id) }
    }

    /// See ``VaultStore/auditEntries(after:limit:)``.
    public func auditEntries(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [AuditEntry] {
        try await read { reader throws(StoreError) in
            try reader.auditEntries(after: number, limit: limit)
        }
    }

    /// See ``VaultStore/leafHashes(after:limit:)``.
    public func leafHashes(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [LeafHash] {
        try await read { reader throws(StoreError) in
            try reader.leafHashes(after: number, limit: limit)
        }
    }

    /// See ``VaultStore/counts()``.
    public func counts() async throws(StoreError) -> StoreCounts {
        var counts = try await read { reader throws(StoreError) in try reader.counts() }
        counts.bytesOnDisk = bytesOnDisk
        return counts
    }
}
