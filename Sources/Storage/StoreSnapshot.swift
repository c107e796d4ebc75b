/// All that a store held at one moment, to be read at leisure while commits go on: what a backup is
/// made of.
///
/// While it is open, what was deleted since stays in the store's files: ``VaultStore/scrub()`` has to
/// wait. Close it as soon as it is read; a closed one answers ``StoreError/closed``.
public protocol StoreSnapshot: Sendable {
    /// All segments in the order of their numbers.
    func segments() async throws(StoreError) -> [StoredSegment]

    /// Live records in the order of ids, from the first after `id`.
    func records(after id: RecordID?, limit: Int) async throws(StoreError) -> [StoredRecord]

    /// The live records whose boxes a segment's key seals, in the order of ids.
    func records(in segment: SegmentID) async throws(StoreError) -> [StoredRecord]

    /// The records of several ids, in their order.
    func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup]

    /// Tombstones in the order of ids, from the first after `id`.
    func tombstones(after id: RecordID?, limit: Int) async throws(StoreError) -> [StoredTombstone]

    /// All sealed states in the order of their names.
    func states() async throws(StoreError) -> [StoredState]

    /// Certificates in the order of making, from the first after `number`.
    func certificates(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [ListedCertificate]

    /// Audit entries in the order of their numbers, from the first after `number`, up to the first that
    /// is not there: what was committed later never seems to leave a gap.
    func auditEntries(after number: UInt64, limit: Int) async throws(StoreError) -> [AuditEntry]

    /// The leaf hashes of the entries that ``auditEntries(after:limit:)`` gives.
    func leafHashes(after number: UInt64, limit: Int) async throws(StoreError) -> [LeafHash]

    /// How many live records, tombstones and certificates there are.
    func counts() async throws(StoreError) -> SnapshotCounts

    /// Lets go of the moment.
    func close() async
}

/// An erased record's tombstone.
public struct StoredTombstone: Sendable, Equatable {
    /// The record.
    public var id: RecordID
    /// The authenticated bytes (docs/FORMAT.md, "Tombstone").
    public var body: [UInt8]

    /// Makes one of its parts.
    public init(id: RecordID, body: [UInt8]) {
        self.id = id
        self.body = body
    }
}

/// A certificate with its place among all, and its record.
public struct ListedCertificate: Sendable, Equatable {
    /// Counted from 1 in the order of making.
    public var number: UInt64
    /// The record.
    public var record: RecordID
    /// The certificate.
    public var certificate: StoredCertificate

    /// Makes one of its parts.
    public init(number: UInt64, record: RecordID, certificate: StoredCertificate) {
        self.number = number
        self.record = record
        self.certificate = certificate
    }
}

/// How much a snapshot holds.
public struct SnapshotCounts: Sendable, Equatable {
    /// Live records.
    public var records: Int
    /// Tombstones.
    public var tombstones: Int
    /// Certificates.
    public var certificates: Int

    /// Makes counts.
    public init(records: Int, tombstones: Int, certificates: Int) {
        self.records = records
        self.tombstones = tombstones
        self.certificates = certificates
    }
}
