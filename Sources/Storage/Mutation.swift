/// One operation's part in a commit group: what must hold, what is written, and its audit entry.
///
/// All of it happens, or nothing: a mutation whose expectation fails writes nothing and leaves its
/// neighbours in the group alone.
public struct Mutation: Sendable {
    /// Checked inside the transaction, in order, against what earlier mutations of the group wrote.
    public var expectations: [Expectation]
    /// Carried out in order once every expectation holds.
    public var writes: [Write]
    /// The audit entries of the operation, appended in order; each gets the next number.
    public var audit: [LogLeaf]
    /// Whether the ledger must hold an intent for this mutation before the group commits.
    public var needsLedger: Bool

    /// Whether it leaves audit entries and nothing else.
    public var isAccess: Bool { writes.isEmpty && expectations.isEmpty && !needsLedger }

    /// Makes a mutation.
    public init(
        expectations: [Expectation] = [], writes: [Write] = [], audit: [LogLeaf] = [],
        needsLedger: Bool = false
    ) {
        self.expectations = expectations
        self.writes = writes
        self.audit = audit
        self.needsLedger = needsLedger
    }
}

/// What must hold for a mutation to be carried out.
public enum Expectation: Sendable {
    /// The record lives and has this generation.
    case generation(RecordID, UInt64)
    /// The record lives.
    case exists(RecordID)
    /// Nothing was ever kept under this id.
    case absent(RecordID)
    /// No record but those of `ignoring` stands in this chain.
    case vacant(IndexChain, ignoring: [RecordID])
    /// No replay that is still to be remembered at `nowSeconds` has this key.
    case unusedReplay(key: [UInt8], nowSeconds: Int64)
    /// The state of this name has this version; 0 means that there is none.
    case stateVersion(name: String, UInt64)
    /// The segment is as it was read, and its key seals so many live records, or any number.
    case segment(StoredSegment, recordCount: Int?)
}

/// Why a mutation was not carried out.
public enum Rejection: Sendable, Equatable {
    /// No such record.
    case unknownRecord(RecordID)
    /// The record was erased.
    case erased(RecordID)
    /// The record has another generation.
    case changed(RecordID, generation: UInt64)
    /// Something is or was kept under this id.
    case present(RecordID)
    /// These records stand in a chain that had to be vacant; `expectation` is its place in the list.
    case occupied(by: [RecordID], expectation: Int)
    /// The idempotency key was used.
    case replay(StoredReplay)
    /// The state has another version.
    case stateChanged(name: String, version: UInt64)
    /// The segment is not as it was read.
    case segmentChanged(SegmentID)
}

/// One thing to write.
public enum Write: Sendable {
    /// A new record.
    case insert(StoredRecord)
    /// A changed record: generation, segment, box and fields take the place of the old.
    case replace(StoredRecord)
    /// The record's box and fields go; a tombstone stays.
    case erase(RecordID, tombstone: [UInt8])
    /// The record takes the first free occurrence of the chain.
    case addToIndex(IndexChain, RecordID)
    /// The record leaves the chain; the last occurrence moves into its place.
    case removeFromIndex(IndexChain, RecordID)
    /// A live record's box takes the place of the old one, which held the same under another key.
    case reseal(RecordID, box: [UInt8])
    /// The first entries of an index generation go, `limit` at most.
    case clearIndex(generation: UInt32, limit: Int)
    /// Changes of an index generation are kept back from here on, in their order, with the record's box
    /// generation after each: the index is filled from boxes meanwhile. Lasts until it is settled, or the
    /// store is closed.
    case deferIndex(generation: UInt32)
    /// Entries of a kept back index generation, in the order of tags.
    case fillIndex(generation: UInt32, [IndexFilling])
    /// The first kept back changes are carried out, `limit` at most, but those that the boxes held already
    /// when the index was filled. Once none is left, none is kept back any more.
    case settleIndex(generation: UInt32, filledFrom: FilledBoxes, limit: Int)
    /// A segment is made or rewrapped.
    case putSegment(StoredSegment)
    /// Something under the segment's key was removed or moved, in an epoch.
    case markDirty(SegmentID, epoch: UInt64)
    /// A state is made or changed.
    case putState(StoredState)
    /// An outcome is remembered.
    case putReplay(StoredReplay)
    /// Audit entries with numbers above `after`, up to and including `through`, are dropped; their hashes
    /// stay. May be done even if the group is taken back: who asks for it once asks for it again.
    case expireAuditEntries(after: UInt64, through: UInt64)
    /// Outcomes that expired before this Unix second are forgotten; `Int64.max`: all.
    case dropReplays(expiredBeforeSeconds: Int64)
    /// A signed certificate about the record, public by nature; it is kept with the number of the
    /// mutation's first audit entry.
    case addCertificate(RecordID, [UInt8])
    /// A tombstone of a record that is not there: a restore carries over what was erased before.
    case putTombstone(StoredTombstone)
    /// A tombstone's body takes the place of the one that is there.
    case renewTombstone(StoredTombstone)
    /// A certificate with the number of the audit entry that it had before a restore; 0: the log holds
    /// that entry no more.
    case putCertificate(RecordID, StoredCertificate)
}

/// What became of one mutation of a group whose commit returned.
public enum MutationOutcome: Sendable, Equatable {
    /// It is durable as asked.
    case committed
    /// An expectation failed; nothing of it was written.
    case rejected(Rejection)
    /// The store could not carry it out; nothing of it was written.
    case failed(StoreError)
}

/// How surely a group must be on disk before its callers are answered.
public enum Durability: Sendable {
    /// Synced: survives a power loss.
    case power
    /// Written: survives kill -9; a power loss may take what was written since the last sync.
    case process
}
