import GRDB
import GRDBSQLite
import Storage

/// The tables, as a numbered list of migrations; `user_version` counts those carried out.
///
/// docs/FORMAT.md, "Database", says what each column holds and why it isn't sealed.
enum Schema {
    /// `application_id` of the database file: "Aitt".
    static let applicationID: Int32 = 0x4169_7474

    /// Statements of each migration, the first at version 1. A released one never changes.
    static let migrations: [String] = [version1]

    /// The version that this program writes.
    static var version: Int { migrations.count }

    /// Key boxes lie apart from the rows whose keys they hold, so that a copy of one table alone
    /// opens nothing, and the keys part of a backup carries theirs alone.
    private static let version1 = """
        CREATE TABLE records (
            number INTEGER PRIMARY KEY,
            fields BLOB NOT NULL
        ) STRICT;
        CREATE TABLE key_boxes (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            segment INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            box BLOB NOT NULL
        ) STRICT;
        CREATE INDEX key_boxes_by_segment ON key_boxes (segment);
        CREATE TABLE tombstones (
            id BLOB PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE segments (
            number INTEGER PRIMARY KEY,
            generation INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            dirty INTEGER NOT NULL,
            wrapped BLOB NOT NULL
        ) STRICT;
        CREATE TABLE blind_index_0 (
            tag INTEGER PRIMARY KEY,
            record INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE blind_index_1 (
            tag INTEGER PRIMARY KEY,
            record INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sealed_states (
            name TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE replays (
            key BLOB PRIMARY KEY,
            expires INTEGER NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX replays_by_expiry ON replays (expires);
        CREATE TABLE certificates (
            number INTEGER PRIMARY KEY,
            record BLOB NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX certificates_by_record ON certificates (record);
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        """
}

extension Schema {
    /// Makes the tables in an empty database.
    static func create(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try migrate(database, from: 0)
    }

    /// Checks that the database is a vault's, brings it to this program's version, and checks that
    /// nothing else has been put into its schema, such as a trigger.
    static func upgrade(_ database: Database) throws {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard application == applicationID, version > 0 else {
            throw StoreError.corrupt(place: "vault.db")
        }
        guard version <= Schema.version else { throw StoreError.unknownSchema(version: version) }
        try migrate(database, from: version)
        guard try definitions(database) == expectedDefinitions() else {
            throw StoreError.corrupt(place: "sqlite_schema")
        }
    }

    private static func migrate(_ database: Database, from version: Int) throws {
        for (index, migration) in migrations.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                try database.execute(sql: migration)
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    private static func expectedDefinitions() throws -> [String] {
        try DatabaseQueue().writeWithoutTransaction { database in
            try migrate(database, from: 0)
            return try definitions(database)
        }
    }

    private static func definitions(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')
                FROM sqlite_schema ORDER BY 1
                """)
    }
}
