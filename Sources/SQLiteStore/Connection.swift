import GRDB
import GRDBSQLite
import Storage

/// How connections to the database are opened and set.
enum Connection {
    /// Opens the one connection that writes.
    static func writer(
        _ files: StoreFiles, _ options: SQLiteStoreOptions
    ) throws -> DatabaseQueue {
        var configuration = basic
        configuration.label = "SQLiteStore.writer"
        // The store keeps the transaction that an I/O error struck untouched.
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(Double(options.busyTimeoutMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA cache_size = -\(options.writerCacheKibibytes);
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = \(2 * options.checkpointPages * 4096);
                    """)
        }
        return try DatabaseQueue(path: files.database, configuration: configuration)
    }

    /// Opens a connection that can only read; `access` is the other database on it.
    ///
    /// Whoever can write the file may try to lead SQLite astray: each page is checked as it is read,
    /// and none is mapped, which could change after the check (https://sqlite.org/security.html).
    static func reader(
        _ files: StoreFiles, accessLog: StoreFiles, _ options: SQLiteStoreOptions
    ) throws -> DatabaseQueue {
        var configuration = basic
        configuration.label = "SQLiteStore.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(options.busyTimeoutMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA cache_size = -\(options.readerCacheKibibytes);
                    PRAGMA mmap_size = 0;
                    """)
            try database.execute(
                sql: "ATTACH DATABASE ? AS access", arguments: [accessLog.database])
        }
        return try DatabaseQueue(path: files.database, configuration: configuration)
    }

    /// Sets what makes commits durable, and reads everything back on which promises rest.
    ///
    /// The log is switched on here and not by GRDB, which would set `synchronous` to NORMAL and
    /// write to the database at every start.
    static func makeDurable(_ database: Database, _ options: SQLiteStoreOptions) throws {
        guard sqlite3_db_readonly(database.sqliteConnection, "main") == 0 else {
            throw StoreError.notWritable
        }
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = FULL")
        if let bytes = options.maximumDatabaseBytes {
            let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
            try database.execute(sql: "PRAGMA max_page_count = \(max(1, bytes / pageSize))")
        }
        let settings = [
            ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 0), ("temp_store", 2),
            ("trusted_schema", 0), ("cell_size_check", 1), ("wal_autocheckpoint", 0),
        ]
        guard mode == "wal" else { throw StoreError.notWritable }
        for (name, value) in settings
        where try Int.fetchOne(database, sql: "PRAGMA \(name)") != value {
            throw StoreError.unexpected(code: Int(SQLITE_MISUSE))
        }
    }

    private static var basic: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return configuration
    }
}
