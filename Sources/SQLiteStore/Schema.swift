import GRDB
import GRDBSQLite
import Storage

/// The tables of a database, as a numbered list of migrations; `user_version` counts those carried
/// out.
///
/// docs/FORMAT.md, "Database", says what each column holds and why it isn't sealed.
struct Schema {
    /// `application_id` of both database files: "Aitt".
    static let applicationID: Int32 = 0x4169_7474

    /// The tables of `vault.db`.
    static let vault = Schema(place: "vault.db", migrations: [vaultVersion1])

    /// The tables of `access.db`.
    static let access = Schema(
        place: "access.db",
        migrations: [
            """
            CREATE TABLE accesses (
                first INTEGER PRIMARY KEY,
                count INTEGER NOT NULL,
                hashes BLOB NOT NULL,
                entries BLOB NOT NULL
            ) STRICT;
            """
        ])

    let place: String
    /// Statements of each migration, the first at version 1. A released one never changes.
    let migrations: [String]

    /// The version that this program writes.
    var version: Int { migrations.count }

    /// Key boxes lie apart from the rows whose keys they hold, so that a copy of one table alone
    /// opens nothing, and the keys part of a backup carries theirs alone.
    private static let vaultVersion1 = """
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
            entry INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX certificates_by_record ON certificates (record);
        CREATE TABLE audit (
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL,
            hashes BLOB NOT NULL,
            entries BLOB NOT NULL
        ) STRICT;
        """
}

extension Schema {
    /// Makes the tables in an empty database.
    func create(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        try migrate(database, from: 0)
    }

    /// Checks that the database is a vault's, brings it to this program's version, and checks that
    /// nothing else has been put into its schema, such as a trigger.
    func upgrade(_ database: Database) throws {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard application == Self.applicationID, version > 0 else {
            throw StoreError.corrupt(place: place)
        }
        guard version <= self.version else { throw StoreError.unknownSchema(version: version) }
        try migrate(database, from: version)
        guard try definitions(database) == expectedDefinitions() else {
            throw StoreError.corrupt(place: "sqlite_schema")
        }
    }

    private func migrate(_ database: Database, from version: Int) throws {
        for (index, migration) in migrations.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                try database.execute(sql: migration)
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    private func expectedDefinitions() throws -> [String] {
        try DatabaseQueue().writeWithoutTransaction { database in
            try migrate(database, from: 0)
            return try definitions(database)
        }
    }

    private func definitions(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')
                FROM sqlite_schema ORDER BY 1
                """)
    }
}
