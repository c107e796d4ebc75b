import GRDB
import GRDBSQLite
import Storage

/// The audit entries of operations that write nothing else: reads, searches, refusals.
///
/// They lie in a database of their own, `access.db`. A SQLite connection drops its cached pages, and
/// unmaps the file, once anything in the database has changed: in one file, each read would empty
/// every other reader's cache by the entry that it leaves behind.
///
/// Runs on the writer's thread, inside its turn.
final class AccessLog: @unchecked Sendable {
    /// The number of the last entry.
    let lastNumber: Int64

    private let queue: DatabaseQueue
    private let connection: OpaquePointer
    private let log: WriteAheadLog
    private let checkpoints: CheckpointSchedule
    private let synchronous: SynchronousSetting
    private let begin, commit, rollback, insert, truncateLog: PreparedStatement
    private let expiry: AuditExpiry
    private var isUnsynced = false
    /// Whether what expired may still be in the log.
    private var hasExpired = false

    init(_ files: StoreFiles, _ options: SQLiteStoreOptions, isNew: Bool) throws {
        queue = try Connection.writer(files, options)
        let opened = try queue.writeWithoutTransaction { database in
            try Connection.makeDurable(database, options)
            try isNew ? Schema.access.create(database) : Schema.access.upgrade(database)
            guard let connection = database.sqliteConnection else { throw StoreError.closed }
            return (
                connection: connection,
                begin: try PreparedStatement(database, "access.db", "BEGIN IMMEDIATE"),
                commit: try PreparedStatement(database, "access.db", "COMMIT"),
                rollback: try PreparedStatement(database, "access.db", "ROLLBACK"),
                insert: try PreparedStatement(
                    database, "accesses",
                    "INSERT INTO accesses (first, count, hashes, entries) VALUES (?, ?, ?, ?)"),
                truncateLog: try PreparedStatement(
                    database, "access.db", "PRAGMA wal_checkpoint(TRUNCATE)"),
                expiry: try AuditExpiry(database, table: "accesses"),
                last: try Int64.fetchOne(
                    database,
                    sql: "SELECT first + count - 1 FROM accesses ORDER BY first DESC LIMIT 1") ?? 0
            )
        }
        connection = opened.connection
        begin = opened.begin
        commit = opened.commit
        rollback = opened.rollback
        insert = opened.insert
        truncateLog = opened.truncateLog
        expiry = opened.expiry
        lastNumber = opened.last
        synchronous = SynchronousSetting(connection)
        log = try WriteAheadLog(path: files.log)
        checkpoints = CheckpointSchedule(everyPages: options.checkpointPages)
        checkpoints.follow(connection)
    }

    /// Appends entries in one transaction, numbered from `number`.
    func append(
        _ leaves: [LogLeaf], from number: Int64, durability: Durability
    ) throws(StoreError) {
        try synchronous.set(durability == .power ? .full : .normal)
        do throws(StoreError) {
            try begin.run()
            try insert.bind(1, number)
            try insert.bind(2, Int64(leaves.count))
            try insert.bind(3, AuditRow.hashes(of: leaves))
            try insert.bind(4, AuditRow.entries(of: leaves))
            try insert.run()
            try commit.runCommit()
        } catch {
            if sqlite3_get_autocommit(connection) == 0 { try? rollback.run() }
            throw error
        }
        isUnsynced = durability == .process
        // What waits for no sync now waits for none in a checkpoint either; that comes with `sync`.
        if durability == .power { try checkpointIfDue() }
    }

    /// Drops entries in one synced transaction.
    func expire(_ range: ClosedRange<UInt64>) throws(StoreError) {
        try synchronous.set(.full)
        do throws(StoreError) {
            try begin.run()
            try expiry.run(range)
            try commit.runCommit()
        } catch {
            if sqlite3_get_autocommit(connection) == 0 { try? rollback.run() }
            throw error
        }
        hasExpired = true
        isUnsynced = false
        try checkpointIfDue()
    }

    /// Empties the log, if anything that expired may be in it; `false` when a reader is in the way.
    func scrubIfExpired(_ options: SQLiteStoreOptions) throws(StoreError) -> Bool {
        guard hasExpired else { return true }
        sqlite3_busy_timeout(connection, Int32(clamping: options.scrubTimeoutMilliseconds))
        defer {
            sqlite3_busy_timeout(connection, Int32(clamping: options.busyTimeoutMilliseconds))
        }
        defer { truncateLog.reset() }
        guard try truncateLog.step(), truncateLog.integer(0) == 0, log.isEmpty() else {
            return false
        }
        checkpoints.logWasEmptied()
        try log.sync()
        hasExpired = false
        isUnsynced = false
        return true
    }

    /// Syncs what was appended for ``Durability/process`` alone.
    func sync() throws(StoreError) {
        guard isUnsynced else { return }
        try log.sync()
        isUnsynced = false
        try checkpointIfDue()
    }

    /// The entries are on disk whatever becomes of their copy.
    private func checkpointIfDue() throws(StoreError) {
        guard checkpoints.isDue() else { return }
        if checkpoints.run(connection) & 0xFF == SQLITE_IOERR { throw .outcomeUnknown }
    }

    func close() {
        // Fails only while a statement runs, and none does: then the log stays, and nothing is lost.
        try? queue.close()
    }
}
