/// Where the vault keeps what it has sealed: the port that SQLite implements, and others will.
///
/// A store sees ciphertext, wrapped keys, tags and sealed state only; it links neither keys nor
/// cryptography. Reads may run in parallel, each sees what was committed when it began. Commits are
/// given one group at a time, by one caller.
public protocol VaultStore: Sendable {
    /// The record of an id.
    func record(_ id: RecordID) async throws(StoreError) -> RecordLookup

    /// The records of several ids, in their order, from one snapshot.
    func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup]

    /// The live records that stand in a chain, in the order of occurrence, `limit` at most.
    func records(in chain: IndexChain, limit: Int) async throws(StoreError) -> [StoredRecord]

    /// Ids and states in the order of ids, from the first after `id`.
    func list(after id: RecordID?, limit: Int) async throws(StoreError) -> [ListedRecord]

    /// Live records in the order of ids, from the first after `id`: for checks and rebuilding.
    func records(after id: RecordID?, limit: Int) async throws(StoreError) -> [StoredRecord]

    /// Entries of an index generation in the order of tags, from the first after `tag`.
    func indexEntries(
        generation: UInt32, after tag: UInt64?, limit: Int
    ) async throws(StoreError) -> [IndexEntry]

    /// Whether an index generation has no entry, not even of a record that is gone.
    func isIndexEmpty(generation: UInt32) async throws(StoreError) -> Bool

    /// A segment.
    func segment(_ id: SegmentID) async throws(StoreError) -> StoredSegment?

    /// All segments in the order of their numbers.
    func segments() async throws(StoreError) -> [StoredSegment]

    /// How many live records a segment's key seals.
    func recordCount(in segment: SegmentID) async throws(StoreError) -> Int

    /// The boxes that a segment's key seals, in the order of places.
    func boxes(in segment: SegmentID) async throws(StoreError) -> [StoredBox]

    /// Boxes in the order of places, from the first after `place`.
    func boxes(after place: RecordPlace?, limit: Int) async throws(StoreError) -> [StoredBox]

    /// A sealed state.
    func state(_ name: String) async throws(StoreError) -> StoredState?

    /// The outcome kept under an idempotency key, expired or not.
    func replay(_ key: [UInt8]) async throws(StoreError) -> StoredReplay?

    /// The certificates of a record, oldest first.
    func certificates(of id: RecordID) async throws(StoreError) -> [StoredCertificate]

    /// Audit entries in the order of their numbers, from the first after `number`.
    func auditEntries(after number: UInt64, limit: Int) async throws(StoreError) -> [AuditEntry]

    /// The leaf hashes of audit entries in the order of their numbers, from the first after
    /// `number`; ``LeafHash/missing`` for those that are not there though later ones are.
    func leafHashes(after number: UInt64, limit: Int) async throws(StoreError) -> [LeafHash]

    /// All that is committed now, to be read while commits go on; the caller closes it.
    func snapshot() async throws(StoreError) -> any StoreSnapshot

    /// Counts for status and checks.
    func counts() async throws(StoreError) -> StoreCounts

    /// Commits a group in one transaction.
    ///
    /// - Parameters:
    ///   - group: The mutations, in order: those that leave audit entries alone first. Entries are
    ///     numbered in the order of those that are committed.
    ///   - durability: What the caller needs before it answers.
    ///   - beforeCommit: Called inside the transaction, after all checks and writes and before
    ///     COMMIT, with the places of those mutations that will commit and need the ledger; not
    ///     called when there are none. If it throws, the whole group is rolled back and the error
    ///     is thrown on.
    /// - Returns: One outcome for each mutation.
    /// - Throws: ``StoreError/outcomeUnknown`` when nobody can know; any other error means that
    ///   nothing of the group was written.
    func commit(
        _ group: [Mutation], durability: Durability,
        beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome]

    /// Makes everything committed so far durable against power loss.
    func sync() async throws(StoreError)

    /// Removes what was deleted from every file: checkpoints and truncates the write-ahead log.
    ///
    /// - Returns: Whether it is done; `false` when a reader was in the way: try again soon.
    func scrub() async throws(StoreError) -> Bool

    /// Closes the store in good order. Not called after ``StoreError/outcomeUnknown``.
    func close() async
}

/// One audit entry as it is kept.
public struct AuditEntry: Sendable, Equatable {
    /// Counted from 1, without gaps: one more than its index in the log's tree.
    public var number: UInt64
    /// The entry and its hash.
    public var leaf: LogLeaf

    /// Makes an entry.
    public init(number: UInt64, leaf: LogLeaf) {
        self.number = number
        self.leaf = leaf
    }
}

/// A certificate as it is kept.
public struct StoredCertificate: Sendable, Equatable {
    /// The number of the audit entry of what it certifies.
    public var entry: UInt64
    /// The signed document.
    public var body: [UInt8]

    /// Makes a certificate of its parts.
    public init(entry: UInt64, body: [UInt8]) {
        self.entry = entry
        self.body = body
    }
}

/// How much a store holds.
public struct StoreCounts: Sendable, Equatable {
    /// Live records.
    public var records: Int
    /// Tombstones.
    public var tombstones: Int
    /// Segments.
    public var segments: Int
    /// Segments marked dirty.
    public var dirtySegments: Int
    /// Index entries of all generations.
    public var indexEntries: Int
    /// Audit entries.
    public var auditEntries: Int
    /// Bytes of all files of the store.
    public var bytesOnDisk: Int

    /// Makes counts.
    public init(
        records: Int, tombstones: Int, segments: Int, dirtySegments: Int, indexEntries: Int,
        auditEntries: Int, bytesOnDisk: Int
    ) {
        self.records = records
        self.tombstones = tombstones
        self.segments = segments
        self.dirtySegments = dirtySegments
        self.indexEntries = indexEntries
        self.auditEntries = auditEntries
        self.bytesOnDisk = bytesOnDisk
    }
}
