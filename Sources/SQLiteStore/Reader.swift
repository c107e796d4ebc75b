import GRDB
import GRDBSQLite
import Storage

/// A read-only connection with its prepared statements.
///
/// Whoever has checked it out has it to itself; that is what makes it safe to send.
///
/// It keeps its snapshot until something is committed: to begin one costs four system calls, more
/// than all the rest of a read.
final class Reader: @unchecked Sendable {
    private let queue: DatabaseQueue
    let statements: ReadStatements
    /// How many commits the held snapshot shows at least; `nil` while none is held.
    private var shownCommits: UInt64?
    /// Whether the snapshot is held until the connection closes.
    private var isPinned = false

    init(
        _ files: StoreFiles, accessLog: StoreFiles, _ options: SQLiteStoreOptions
    ) throws {
        queue = try Connection.reader(files, accessLog: accessLog, options)
        statements = try queue.unsafeRead { database in try ReadStatements(database) }
    }

    /// Closes the connection; what the reads on it would still need is gone.
    func close() {
        isPinned = false
        letGo()
        // Fails only while a statement runs, and none does: then the connection just stays open.
        try? queue.close()
    }

    /// Lets all statements until ``letGo()`` see one state of `vault.db`, which holds `commits` at
    /// least. The number is taken before the snapshot begins, with the first statement.
    func show(_ commits: UInt64) throws(StoreError) {
        guard shownCommits != commits else { return }
        letGo()
        try statements.begin.run()
        shownCommits = commits
    }

    /// Holds one state of both databases until the connection closes. `access.db` is looked at last:
    /// its entries are written before those of `vault.db` with higher numbers, so that none is missing
    /// before one that is there.
    func pin() throws(StoreError) {
        try statements.begin.run()
        try statements.snapshotCounts.run()
        try statements.pinLog.run()
        isPinned = true
    }

    /// Ends the snapshot, which would keep the log from being emptied.
    func letGo() {
        guard !isPinned else { return }
        shownCommits = nil
        // COMMIT of a transaction that has only read can't fail on disk.
        if statements.isInsideTransaction { try? statements.commit.run() }
    }

    func record(_ id: RecordID) throws(StoreError) -> RecordLookup {
        if let record = try live(id) { return .live(record) }
        let statement = statements.tombstone
        try statement.bind(1, id)
        defer { statement.reset() }
        return try statement.step() ? .erased(tombstone: statement.bytes(0)) : .unknown
    }

    func records(_ ids: [RecordID]) throws(StoreError) -> [RecordLookup] {
        var answer: [RecordLookup] = []
        answer.reserveCapacity(ids.count)
        for id in ids { answer.append(try record(id)) }
        return answer
    }

    func records(in chain: IndexChain, limit: Int) throws(StoreError) -> [StoredRecord] {
        let statement = statements.recordOfTag(generation: chain.generation)
        var answer: [StoredRecord] = []
        var occurrence: UInt32 = 0
        while answer.count < limit {
            try statement.bind(1, storedTag(chain.tag(occurrence)))
            defer { statement.reset() }
            guard try statement.step() else { break }
            occurrence += 1
            // The entry of a record that was erased while its key box was damaged.
            if statement.isNull(0) { continue }
            answer.append(try storedRecord(statement))
        }
        return answer
    }

    func records(after id: RecordID?, limit: Int) throws(StoreError) -> [StoredRecord] {
        let statement = statements.recordsAfter
        try bind(statement, after: id, limit: limit)
        defer { statement.reset() }
        var answer: [StoredRecord] = []
        while try statement.step() { answer.append(try storedRecord(statement)) }
        return answer
    }

    func list(after id: RecordID?, limit: Int) throws(StoreError) -> [ListedRecord] {
        let statement = statements.list
        try bind(statement, after: id, limit: limit)
        defer { statement.reset() }
        var answer: [ListedRecord] = []
        while try statement.step() {
            answer.append(
                ListedRecord(id: try statement.recordID(0), isErased: statement.integer(1) != 0))
        }
        return answer
    }

    private func live(_ id: RecordID) throws(StoreError) -> StoredRecord? {
        let statement = statements.record
        try statement.bind(1, id)
        defer { statement.reset() }
        return try statement.step() ? try storedRecord(statement) : nil
    }

    /// An empty blob stands before all ids.
    func bind(
        _ statement: PreparedStatement, after id: RecordID?, limit: Int
    ) throws(StoreError) {
        if let id { try statement.bind(1, id) } else { try statement.bind(1, [UInt8]()) }
        try statement.bind(2, Int64(max(0, limit)))
    }

    /// A row of id, segment, generation, box and fields; all but the id are null where the key box
    /// or the fields are missing.
    func storedRecord(_ statement: PreparedStatement) throws(StoreError) -> StoredRecord {
        guard !statement.isNull(3), !statement.isNull(4) else { throw statement.contradiction }
        return StoredRecord(
            id: try statement.recordID(0), segment: try statement.segment(1),
            generation: try statement.count(2), box: try statement.bytes(3),
            fields: try statement.bytes(4))
    }
}

/// A tag as SQLite orders it: the top bit is flipped, so that signed order is the order of tags.
func storedTag(_ tag: UInt64) -> Int64 {
    Int64(bitPattern: tag ^ (1 << 63))
}

/// The tag that ``storedTag(_:)`` was given.
func tagOf(_ stored: Int64) -> UInt64 {
    UInt64(bitPattern: stored) ^ (1 << 63)
}
