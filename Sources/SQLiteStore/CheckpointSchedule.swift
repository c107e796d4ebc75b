import GRDBSQLite

/// When the log is copied into the database.
///
/// SQLite's own automatic checkpoint hides its I/O errors; after a hidden failure to sync the log,
/// the next one would copy pages that only seem to be on disk.
final class CheckpointSchedule {
    private static let bulkParts = 8

    private let interval: Int
    private var logPages = 0
    private var nextAtPages: Int

    init(everyPages pages: Int) {
        interval = max(1, pages)
        nextAtPages = interval
    }

    /// Whether it is due after a commit.
    ///
    /// - Parameter isBulk: Of many that nobody waits for: then little is copied at a time, since whoever
    ///   waits for another commit meanwhile waits for that too.
    func isDue(isBulk: Bool = false) -> Bool {
        logPages >= nextAtPages - (isBulk ? interval - interval / Self.bulkParts : 0)
    }

    /// Counts the pages of the log with every commit of the connection, whose owner also owns this.
    func follow(_ connection: OpaquePointer) {
        sqlite3_wal_hook(
            connection,
            { schedule, _, _, pages in
                guard let schedule else { return SQLITE_OK }
                Unmanaged<CheckpointSchedule>.fromOpaque(schedule).takeUnretainedValue()
                    .logPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Copies what no reader holds back; waits for nobody.
    ///
    /// - Returns: SQLite's extended result code.
    func run(_ connection: OpaquePointer) -> Int32 {
        var pages: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            connection, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &copied)
        // Where a reader or a full disk was in the way, not every commit tries again.
        let isDone = code == SQLITE_OK && pages == copied
        nextAtPages = isDone ? interval : logPages + interval
        return code
    }

    func logWasEmptied() {
        logPages = 0
        nextAtPages = interval
    }
}
