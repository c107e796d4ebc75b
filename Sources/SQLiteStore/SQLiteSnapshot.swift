import GRDB
import Storage
import Synchronization

/// How many snapshots are held: while one is, the log can't be emptied, and to wait for it would only
/// hold commits up.
final class OpenSnapshots: Sendable {
    let count = Atomic<Int>(0)
}

/// One moment of both databases, on a connection of its own that can only read.
final class SQLiteSnapshot: StoreSnapshot {
    private let health: Health
    private let open: OpenSnapshots
    private let reader: Mutex<Reader?>

    /// Opens the connection and holds what is committed now.
    init(
        _ files: [StoreFiles], _ options: SQLiteStoreOptions, _ health: Health,
        _ open: OpenSnapshots
    ) throws(StoreError) {
        self.health = health
        self.open = open
        do {
            let reader = try Reader(files[0], accessLog: files[1], options)
            try reader.pin()
            self.reader = Mutex(reader)
            open.count.add(1, ordering: .relaxed)
        } catch {
            throw storeError(error, place: "vault.db")
        }
    }

    func segments() async throws(StoreError) -> [StoredSegment] {
        try read { reader throws(StoreError) in try reader.segments() }
    }

    func records(after id: RecordID?, limit: Int) async throws(StoreError) -> [StoredRecord] {
        try read { reader throws(StoreError) in try reader.records(after: id, limit: limit) }
    }

    func records(in segment: SegmentID) async throws(StoreError) -> [StoredRecord] {
        try read { reader throws(StoreError) in try reader.records(in: segment) }
    }

    func records(_ ids: [RecordID]) async throws(StoreError) -> [RecordLookup] {
        try read { reader throws(StoreError) in try reader.records(ids) }
    }

    func tombstones(
        after id: RecordID?, limit: Int
    ) async throws(StoreError) -> [StoredTombstone] {
        try read { reader throws(StoreError) in try reader.tombstones(after: id, limit: limit) }
    }

    func states() async throws(StoreError) -> [StoredState] {
        try read { reader throws(StoreError) in try reader.states() }
    }

    func certificates(
        after number: UInt64, limit: Int
    ) async throws(StoreError) -> [ListedCertificate] {
        try read { reader throws(StoreError) in
            try reader.certificates(after: number, limit: limit)
        }
    }

    func auditEntries(after number: UInt64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try read { reader throws(StoreError) in
            try reader.contiguousAuditEntries(after: number, limit: limit)
        }
    }

    func leafHashes(after number: UInt64, limit: Int) async throws(StoreError) -> [LeafHash] {
        try read { reader throws(StoreError) in
            try reader.contiguousLeafHashes(after: number, limit: limit)
        }
    }

    func counts() async throws(StoreError) -> SnapshotCounts {
        try read { reader throws(StoreError) in try reader.snapshotCounts() }
    }

    func close() async {
        reader.withLock { reader in
            guard let held = reader else { return }
            held.close()
            reader = nil
            open.count.subtract(1, ordering: .relaxed)
        }
    }

    private func read<Answer: Sendable>(
        _ body: (Reader) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        try health.check()
        let result = reader.withLock { reader -> Result<Answer, StoreError> in
            guard let reader else { return .failure(.closed) }
            return Result { () throws(StoreError) in try body(reader) }
        }
        return try result.get()
    }
}

extension Reader {
    fileprivate func records(in segment: SegmentID) throws(StoreError) -> [StoredRecord] {
        let statement = statements.recordsInSegment
        try statement.bind(1, segment)
        defer { statement.reset() }
        var answer: [StoredRecord] = []
        while try statement.step() { answer.append(try storedRecord(statement)) }
        return answer
    }

    fileprivate func tombstones(
        after id: RecordID?, limit: Int
    ) throws(StoreError) -> [StoredTombstone] {
        let statement = statements.tombstonesAfter
        try bind(statement, after: id, limit: limit)
        defer { statement.reset() }
        var answer: [StoredTombstone] = []
        while try statement.step() {
            answer.append(
                StoredTombstone(id: try statement.recordID(0), body: try statement.bytes(1)))
        }
        return answer
    }

    fileprivate func states() throws(StoreError) -> [StoredState] {
        let statement = statements.states
        defer { statement.reset() }
        var answer: [StoredState] = []
        while try statement.step() {
            answer.append(
                StoredState(
                    name: String(decoding: try statement.bytes(0), as: UTF8.self),
                    version: try statement.count(1), sealed: try statement.bytes(2)))
        }
        return answer
    }

    fileprivate func certificates(
        after number: UInt64, limit: Int
    ) throws(StoreError) -> [ListedCertificate] {
        guard number < Int64.max else { return [] }
        let statement = statements.certificatesAfter
        try statement.bind(1, number)
        try statement.bind(2, Int64(max(0, limit)))
        defer { statement.reset() }
        var answer: [ListedCertificate] = []
        while try statement.step() {
            answer.append(
                ListedCertificate(
                    number: try statement.count(0), record: try statement.recordID(1),
                    certificate: StoredCertificate(
                        entry: try statement.count(2), body: try statement.bytes(3))))
        }
        return answer
    }

    /// The entries of the held moment that follow `number` without a gap.
    fileprivate func contiguousAuditEntries(
        after number: UInt64, limit: Int
    ) throws(StoreError) -> [AuditEntry] {
        guard number < Int64.max else { return [] }
        var last = number
        return try readAudit(after: number, limit: limit).prefix { entry in
            defer { last = entry.number }
            return entry.number == last + 1
        }.map { $0 }
    }

    fileprivate func contiguousLeafHashes(
        after number: UInt64, limit: Int
    ) throws(StoreError) -> [LeafHash] {
        guard number < Int64.max else { return [] }
        let statement = statements.leafHashes
        try statement.bind(1, number + 1)
        defer { statement.reset() }
        var answer: [LeafHash] = []
        while answer.count < limit, try statement.step() {
            let first = try statement.count(0)
            guard let hashes = AuditRow.read(hashes: try statement.bytes(1)) else {
                throw statement.contradiction
            }
            let next = number + 1 + UInt64(answer.count)
            guard first <= next else { break }
            answer += hashes.dropFirst(Int(next - first)).prefix(limit - answer.count)
        }
        return answer
    }

    fileprivate func snapshotCounts() throws(StoreError) -> SnapshotCounts {
        let statement = statements.snapshotCounts
        defer { statement.reset() }
        guard try statement.step() else { throw statement.contradiction }
        return SnapshotCounts(
            records: Int(statement.integer(0)), tombstones: Int(statement.integer(1)),
            certificates: Int(statement.integer(2)))
    }
}
