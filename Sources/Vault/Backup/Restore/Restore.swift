public import Catalogue
import Cryptography
public import KeyManagement
public import Storage
import Verification

/// Fills an empty store from both parts of a backup.
///
/// Whoever calls has checked the signatures before anything secret was read (``RestoreChain``). What the
/// ledger knows to be erased is never written; the compartment `@rights` and every key come from the
/// keys part alone, so that an older records part brings back no consent that was withdrawn.
public struct Restore {
    /// What was restored, and what was not.
    public struct Report: Sendable, Equatable {
        /// Records that live again.
        public var records = 0
        /// Records whose rows the records part still has, and whose keys are destroyed.
        public var erased: [RecordID] = []
        /// Records whose keys are there and whose rows are not: they are left out.
        public var lost: [RecordID] = []
        /// Records that were made after the keys part: nothing opens their rows.
        public var newer: [RecordID] = []
        /// Records with compartments that are older than their keys say: these are withheld.
        public var stale: [RecordID] = []
        /// Of these, records whose older compartments were accepted.
        public var accepted: [RecordID] = []
        /// Records whose key boxes don't open.
        public var damaged: [RecordID] = []
        /// Tombstones.
        public var tombstones = 0
        /// Certificates.
        public var certificates = 0
        /// Size of the audit log.
        public var logSize: UInt64 = 0
        /// Root of the audit log.
        public var logRoot: [UInt8] = []
        /// Whether the policy is older than the ledger's.
        public var isPolicyOlder = false
    }

    /// Why a restore is refused before anything is written.
    public enum Refusal {
        /// Holds the parts against each other, the keyring and the ledger.
        ///
        /// - Parameter acceptsOlderKeys: Takes an older keys part than the ledger's last.
        public static func check(
            records: RestoreChain, keys: RestoreChain, keyring: Keyring, entries: [LedgerEntry],
            acceptsOlderKeys: Bool
        ) throws(BackupFailure) {
            let place = keys.files[0].name
            for chain in [records, keys] where chain.manifest.vault != keyring.vault {
                throw BackupFailure(
                    .ofOtherVault, at: chain.files[0].name,
                    hint: "it belongs to vault \(chain.manifest.vault), the escrow to "
                        + keyring.vault.description)
            }
            guard records.manifest.backupKey == keys.manifest.backupKey else {
                throw BackupFailure(
                    .older, at: records.files[0].name,
                    hint:
                        "a deep rotation lies between it and the keys part: take a records part that "
                        + "was made under the same keys")
            }
            if let generation = entries.lastKeyringGeneration, generation > keyring.generation {
                throw BackupFailure(
                    .older, at: "escrow",
                    hint: "it is of generation \(keyring.generation); the ledger knows "
                        + "\(generation): take the newest escrow")
            }
            guard keyring.epochs.contains(keys.manifest.epoch) else {
                throw BackupFailure(
                    .older, at: place,
                    hint:
                        "it is of epoch \(keys.manifest.epoch), whose key is destroyed; the escrow "
                        + "opens epoch \(keyring.epochs.map(String.init).joined(separator: ", ")): "
                        + "take the newest keys part")
            }
            guard let last = entries.lastKeysPart, !acceptsOlderKeys else { return }
            guard keys.manifest.number >= last.number else {
                throw BackupFailure(
                    .older, at: place,
                    hint:
                        "the ledger knows of keys part \(last.number): take that, or accept what is "
                        + "lost with --accept-older-keys and --reason")
            }
            guard keys.manifest.number > last.number || keys.digest.bytes == last.digest else {
                throw BackupFailure(
                    .older, at: place,
                    hint: "the ledger knows another keys part of this number: take that")
            }
        }
    }

    static let batchCount = 250
    /// The operation of the log entries of records whose older compartments were accepted.
    static let acceptOperation = "accept-stale"
    /// The operation of the log entries of records whose keys are newer than the log.
    static let newerOperation = "restore-newer"

    let records: RestoreChain
    let keys: RestoreChain
    let keyring: Keyring
    let entries: [LedgerEntry]
    let store: any VaultStore
    let catalogue: Catalogue
    let acceptsStale: Bool
    let clock: any WallClock
    let progress: BackupProgress

    var report = Report()
    /// The records that the keys part has decided on: a newer part outranks an older one.
    private var settled: Set<RecordID> = []
    /// Whom the ledger erased after the keys part, and the segments that sealed their boxes.
    private var erasedSince: Set<RecordID> = []
    private var segmentsOfErased: [RecordID: Set<SegmentID>] = [:]
    private var segmentKeys: SnapshotKeys
    private var pending: [Write] = []
    private(set) var acceptances: [AuditRecord] = []
    /// How many entries of the ledger the keys part knew.
    private(set) var knownEntries: UInt64 = 0

    /// Prepares a restore into an empty store.
    public init(
        records: RestoreChain, keys: RestoreChain, keyring: Keyring, entries: [LedgerEntry],
        store: any VaultStore, catalogue: Catalogue, acceptsStale: Bool = false,
        clock: any WallClock = SystemWallClock(), progress: BackupProgress = BackupProgress()
    ) {
        self.records = records
        self.keys = keys
        self.keyring = keyring
        self.entries = entries
        self.store = store
        self.catalogue = catalogue
        self.acceptsStale = acceptsStale
        self.clock = clock
        self.progress = progress
        segmentKeys = SnapshotKeys([], keyring: keyring)
    }

    /// Fills the store.
    public mutating func fill() async throws -> Report {
        let withRows = try records.verify(progress)
        _ = try keys.verify(progress)
        progress.begin(
            .restoring, total: 2 * records.manifest.counts.records + keys.files.count)
        try await restoreSegments()
        try await restoreErased()
        try await restoreBoxes(withRows)
        try await markDirty()
        try await restoreRows()
        try await restoreLog()
        try await restoreCertificates()
        try await store.sync()
        report.erased.sort()
        report.lost.sort()
        report.newer.sort()
        return report
    }

    /// Segment keys and sealed states: each part has all of them, so the newest does.
    private mutating func restoreSegments() async throws {
        var segments: [StoredSegment] = []
        var chunks = keys.newestChunks(.segments)
        while let items = try chunks.next(BackupItems.segments) { segments += items }
        for segment in segments where !keyring.epochs.contains(segment.epoch) {
            throw BackupFailure(
                .older, at: keys.files[0].name,
                hint: "segment \(segment.id.number) is of epoch \(segment.epoch), whose key is "
                    + "destroyed")
        }
        try await put(segments.map { .putSegment($0) })
        segmentKeys = SnapshotKeys(segments, keyring: keyring)
        chunks = keys.newestChunks(.states)
        while let items = try chunks.next(BackupItems.states) {
            if let known = items.first(where: { $0.name == LedgerState.name }) {
                knownEntries = known.version
            }
            // The index is made anew, and the ledger may be an older copy.
            let kept = items.filter { ![IndexState.name, LedgerState.name].contains($0.name) }
            try await put(kept.map { .putState($0) })
        }
    }

    /// What the ledger and the tombstones know to be erased goes first: nothing of it is written, whatever
    /// the parts hold. An erased id never lives again, so that a tombstone outranks any box.
    private mutating func restoreErased() async throws {
        for entry in entries {
            guard case .erasure(let id, .whole, _) = entry.event, settled.insert(id).inserted else {
                continue
            }
            let body = try keyring.controlKey.tombstone(
                of: id, erasedAtMilliseconds: entry.milliseconds, vault: keyring.vault)
            erasedSince.insert(id)
            pending.append(.putTombstone(StoredTombstone(id: id, body: body)))
            report.tombstones += 1
            if pending.count >= Self.batchCount { try await flush() }
        }
        try await flush()
        var chunks = keys.chunks(.tombstones)
        while let items = try chunks.next(BackupItems.tombstones) {
            erasedSince.subtract(items.map(\.id))
            let fresh = items.filter { settled.insert($0.id).inserted }
            report.tombstones += fresh.count
            try await put(fresh.map { .putTombstone($0) })
        }
    }

    /// Key boxes, the newest of each record, with the rights in place of the row until that comes.
    private mutating func restoreBoxes(_ withRows: Set<RecordID>) async throws {
        var chunks = keys.chunks(.boxes)
        while let items = try chunks.next(BackupItems.boxes) {
            for box in items where erasedSince.contains(box.id) {
                segmentsOfErased[box.id, default: []].insert(box.segment)
            }
            let newest = items.filter { settled.insert($0.id).inserted }
            report.lost += newest.filter { !withRows.contains($0.id) }.map(\.id)
            try await put(
                newest.filter { withRows.contains($0.id) }.map { box in
                    .insert(
                        StoredRecord(
                            id: box.id, segment: box.segment, generation: box.generation,
                            box: box.box, fields: box.rights))
                })
            try progress.add(newest.count)
        }
    }

    /// Old copies hold boxes of whom the ledger erased since under segment keys that the keys part has: the
    /// next rotation makes these anew; all of them, where nobody knows which.
    private func markDirty() async throws {
        guard !erasedSince.isEmpty else { return }
        var segments = try await store.segments().map(\.id)
        if erasedSince.allSatisfy({ segmentsOfErased[$0] != nil }) {
            let known = segmentsOfErased.values.reduce(into: Set()) { $0.formUnion($1) }
            segments = segments.filter(known.contains)
        }
        try await put(segments.map { .markDirty($0, epoch: keyring.kek.epoch) })
    }

    /// Rows, the newest of each record, joined with what the keys part says.
    private mutating func restoreRows() async throws {
        var seen: Set<RecordID> = []
        var chunks = records.chunks(.rows)
        while let items = try chunks.next(BackupItems.rows) {
            let newest = items.filter { seen.insert($0.id).inserted }
            for start in stride(from: 0, to: newest.count, by: Self.batchCount) {
                let page = newest[start..<min(newest.count, start + Self.batchCount)]
                let lookups = try await store.records(page.map(\.id))
                for (row, lookup) in zip(page, lookups) { try join(row, lookup) }
                try await flush()
            }
            try progress.add(newest.count)
        }
    }

    private mutating func join(_ row: BackupRow, _ lookup: RecordLookup) throws {
        guard case .live(var stored) = lookup else {
            // What the keys part does not know at all was made after it.
            if settled.contains(row.id) {
                report.erased.append(row.id)
            } else {
                report.newer.append(row.id)
            }
            return
        }
        let rights = stored.fields
        stored.fields = row.fields
        report.records += 1
        guard let record = segmentKeys.open(stored) else {
            report.damaged.append(row.id)
            pending.append(.replace(stored))
            return
        }
        let merged = RowMerge(of: record, rights: rights)
        stored.fields = merged.fields
        if merged.isStale { report.stale.append(row.id) }
        if merged.isStale, acceptsStale, let accepted = try accept(stored) {
            report.accepted.append(row.id)
            acceptances.append(Self.entry(Self.acceptOperation, of: accepted))
            stored = accepted
        }
        pending.append(.replace(stored))
    }

    /// A log entry that says what a record is now.
    static func entry(_ operation: String, of stored: StoredRecord) -> AuditRecord {
        var entry = AuditRecord(
            caller: .current, requestID: "restore", purpose: nil, operation: operation,
            record: stored.id)
        entry.generation = stored.generation
        entry.digest = stored.digest
        return entry
    }

    /// A record whose older compartments count again, sealed under their next version.
    private mutating func accept(_ stored: StoredRecord) throws -> StoredRecord? {
        guard let record = segmentKeys.open(stored) else { return nil }
        return try StaleAcceptance(of: record, keyring: keyring, catalogue: catalogue)?
            .seal(record)
    }

    /// The audit log, entry by entry, under its old numbers.
    private mutating func restoreLog() async throws {
        var frontier = MerkleFrontier()
        var chunks = records.chunks(.entries, oldestFirst: true)
        while let items = try chunks.next(BackupItems.entries) {
            for entry in items {
                guard entry.number == frontier.size + 1,
                    entry.leaf.isExpired || entry.leaf.isWhole
                else {
                    throw BackupFailure(
                        .damaged, at: records.files[0].name,
                        hint: "audit entry \(frontier.size + 1) is not what it was")
                }
                frontier.append(entry.leaf.hash.digest)
            }
            for start in stride(from: 0, to: items.count, by: 1000) {
                let page = items[start..<min(items.count, start + 1000)]
                try await commit(Mutation(audit: page.map(\.leaf)))
            }
        }
        guard frontier.head == records.manifest.log else {
            throw BackupFailure(.damaged, at: records.files[0].name, hint: "its audit log")
        }
        report.logSize = frontier.size
        report.logRoot = frontier.root.bytes
    }

    /// Certificates in their order; those whose entries the log no longer has are proved by none.
    private mutating func restoreCertificates() async throws {
        var chunks = keys.chunks(.certificates, oldestFirst: true)
        while let items = try chunks.next(BackupItems.certificates) {
            report.certificates += items.count
            try await put(
                items.map { listed in
                    var certificate = listed.certificate
                    if certificate.entry > report.logSize { certificate.entry = 0 }
                    return .putCertificate(listed.record, certificate)
                })
        }
    }

    private mutating func flush() async throws {
        let writes = pending
        pending = []
        try await put(writes)
    }

    private func put(_ writes: [Write]) async throws {
        for start in stride(from: 0, to: writes.count, by: Self.batchCount) {
            try await commit(
                Mutation(
                    writes: Array(writes[start..<min(writes.count, start + Self.batchCount)])))
        }
    }

    func commit(_ mutation: Mutation) async throws {
        let outcomes = try await store.commit([mutation], durability: .process) {
            _ throws(StoreError) in
        }
        guard outcomes == [.committed] else { throw StoreError.notWritable }
    }
}
