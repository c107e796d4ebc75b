import GRDB
import GRDBSQLite
import Storage

/// The one connection that writes.
///
/// Everything runs on the thread that calls, one caller after the other: GRDB's queue sees to
/// that, which makes it safe to send.
final class Writer: @unchecked Sendable {
    let statements: WriteStatements
    let health: Health
    /// The number of the next record. Never used twice while the process runs.
    var nextRecordNumber: Int64
    /// The number of the last audit entry.
    var lastAuditNumber: Int64
    /// The audit entries of the transaction that runs.
    var audit: [LogLeaf] = []
    var deferral = IndexDeferral()

    let queue: DatabaseQueue
    private let connection: OpaquePointer
    private let log: WriteAheadLog
    private let options: SQLiteStoreOptions
    private let checkpoints: CheckpointSchedule
    let accessLog: AccessLog
    private let commits: CommitCount
    private let readers: ReaderPool
    private let synchronous: SynchronousSetting
    /// Whether something was committed and not synced since.
    private var isUnsynced = false
    /// Whether audit entries are among that.
    private var hasUnsyncedEntries = false

    init(
        _ files: StoreFiles, _ accessLog: AccessLog, _ options: SQLiteStoreOptions,
        _ health: Health, _ commits: CommitCount, _ readers: ReaderPool, isNew: Bool
    ) throws {
        let queue = try Connection.writer(files, options)
        let opened = try queue.writeWithoutTransaction { database in
            try Connection.makeDurable(database, options)
            try isNew ? Schema.vault.create(database) : Schema.vault.upgrade(database)
            guard let connection = database.sqliteConnection else { throw StoreError.closed }
            return (
                statements: try WriteStatements(database), connection: connection,
                record: try Int64.fetchOne(database, sql: "SELECT max(number) FROM key_boxes") ?? 0,
                audit: try Int64.fetchOne(
                    database,
                    sql: "SELECT first + count - 1 FROM audit ORDER BY first DESC LIMIT 1") ?? 0
            )
        }
        self.queue = queue
        self.options = options
        self.health = health
        statements = opened.statements
        connection = opened.connection
        nextRecordNumber = opened.record + 1
        lastAuditNumber = max(opened.audit, accessLog.lastNumber)
        self.accessLog = accessLog
        self.commits = commits
        self.readers = readers
        synchronous = SynchronousSetting(connection)
        log = try WriteAheadLog(path: files.log)
        checkpoints = CheckpointSchedule(everyPages: options.checkpointPages)
        checkpoints.follow(connection)
        try files.syncDirectory()
    }

    /// Commits a group, see ``VaultStore/commit(_:durability:beforeCommit:)``.
    func commit(
        _ group: [Mutation], durability: Durability,
        beforeCommit: ([Int]) throws(StoreError) -> Void
    ) throws(StoreError) -> [MutationOutcome] {
        guard !group.isEmpty else { return [] }
        return try exclusively { () throws(StoreError) in
            let accesses = group.filter(\.isAccess).flatMap(\.audit)
            if durability == .power { try syncEarlier(before: group) }
            try append(accesses, durability: durability)
            let changes = group.indices.filter { !group[$0].isAccess }
            var outcomes = [MutationOutcome](repeating: .committed, count: group.count)
            guard !changes.isEmpty else { return outcomes }
            var isAnnounced = false
            do throws(StoreError) {
                try synchronous.set(durability == .power ? .full : .normal)
                let changed = try transact(changes.map { group[$0] }) { places throws(StoreError) in
                    isAnnounced = true
                    try beforeCommit(places.map { changes[$0] })
                }
                for (place, outcome) in zip(changes, changed) { outcomes[place] = outcome }
            } catch {
                // The accesses of the group are in the log already, and must count.
                let mayFail = !isAnnounced && error != .outcomeUnknown && !error.isInputOutput
                guard mayFail, !accesses.isEmpty else { throw error }
                for place in changes { outcomes[place] = .failed(error) }
                return outcomes
            }
            if changes.contains(where: { outcomes[$0] == .committed }) {
                commits.advance()
                let hasEntries = changes.contains { !group[$0].audit.isEmpty }
                noteUnsynced(durability, hasEntries: hasEntries)
                // What no caller asked for leaves no entry: rows that a rotation makes anew.
                checkpointIfDue(isBulk: !hasEntries)
            }
            return outcomes
        }
    }

    /// A number must not outlive an earlier one that lies in the other database. A synced commit
    /// takes along what lies in its own.
    private func syncEarlier(before group: [Mutation]) throws(StoreError) {
        let hasAccesses = group.contains(where: \.isAccess)
        if !hasAccesses { try accessLog.sync() }
        guard hasUnsyncedEntries, hasAccesses else { return }
        try log.sync()
        noteSynced()
    }

    /// A synced commit takes along what was written before it.
    private func noteUnsynced(_ durability: Durability, hasEntries: Bool) {
        switch durability {
        case .power: noteSynced()
        case .process:
            isUnsynced = true
            if hasEntries { hasUnsyncedEntries = true }
        }
    }

    private func noteSynced() {
        isUnsynced = false
        hasUnsyncedEntries = false
    }

    /// Entries of operations that write nothing else come first, so that no number is left out if
    /// the changes fail.
    private func append(_ leaves: [LogLeaf], durability: Durability) throws(StoreError) {
        guard !leaves.isEmpty else { return }
        try accessLog.append(leaves, from: lastAuditNumber + 1, durability: durability)
        lastAuditNumber += Int64(leaves.count)
    }

    /// Syncs what was committed for ``Durability/process`` alone: it stands in the log, or has been
    /// copied into the database by a checkpoint, which syncs both files by itself.
    func sync() throws(StoreError) {
        try exclusively { () throws(StoreError) in
            try accessLog.sync()
            guard isUnsynced else { return }
            try log.sync()
            noteSynced()
        }
    }

    /// Copies the log into the database and cuts it to nothing, so that no deleted byte is left in
    /// either; `false` when a reader is in the way.
    func scrub() throws(StoreError) -> Bool {
        try exclusively { () throws(StoreError) in
            sqlite3_busy_timeout(connection, Int32(clamping: options.scrubTimeoutMilliseconds))
            defer {
                sqlite3_busy_timeout(connection, Int32(clamping: options.busyTimeoutMilliseconds))
            }
            let statement = statements.truncateLog
            defer { statement.reset() }
            let isEmpty = try readers.withoutSnapshots { () throws(StoreError) in
                let isEmpty = try statement.step() && statement.integer(0) == 0 && log.isEmpty()
                return try accessLog.scrubIfExpired(options) && isEmpty
            }
            guard isEmpty else { return false }
            checkpoints.logWasEmptied()
            // What was cut off must not come back with a power loss.
            try log.sync()
            noteSynced()
            return true
        }
    }

    /// Closes the connection; as the last one it copies the log into the database.
    func close() {
        accessLog.close()
        // Fails only while a statement runs, and none does: then the log stays, and nothing is lost.
        try? queue.close()
    }

    /// Runs `body` with the connection to itself. An I/O error in it ends the store's service.
    private func exclusively<Answer>(
        _ body: () throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let result = queue.writeWithoutTransaction { _ -> Result<Answer, StoreError> in
            Result { () throws(StoreError) -> Answer in
                try health.check()
                do throws(StoreError) {
                    return try body()
                } catch {
                    guard error == .outcomeUnknown || error.isInputOutput else { throw error }
                    fail()
                    throw .outcomeUnknown
                }
            }
        }
        return try result.get()
    }

    /// After an I/O error nothing may touch the files any more: closing the connection would copy
    /// the log into the database, pages included that only seem to be on disk. So it stays open
    /// until the process ends.
    private func fail() {
        health.fail()
        _ = Unmanaged.passRetained(self)
    }

    private func checkpointIfDue(isBulk: Bool) {
        guard checkpoints.isDue(isBulk: isBulk) else { return }
        // The group is on disk whatever becomes of its copy; an I/O error ends what comes after.
        let code = try? readers.withoutSnapshots { checkpoints.run(connection) }
        if let code, code & 0xFF == SQLITE_IOERR { fail() }
    }
}
