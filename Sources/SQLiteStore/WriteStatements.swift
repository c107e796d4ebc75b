import GRDB
import GRDBSQLite
import Storage

/// The statements of the writer.
struct WriteStatements {
    let begin, commit, rollback, savepoint, release, rollBackToSavepoint: PreparedStatement
    let truncateLog: PreparedStatement
    let find, findTombstone, replay, stateVersion: PreparedStatement
    let insertKeyBox, updateKeyBox, resealKeyBox, deleteKeyBox: PreparedStatement
    let insertFields, updateFields, deleteFields: PreparedStatement
    let insertTombstone, updateTombstone, insertCertificate, insertAudit: PreparedStatement
    let segment, recordCount, putSegment, markDirty, putState, putReplay,
        dropReplays: PreparedStatement
    let auditExpiry: AuditExpiry
    private let indexes: [IndexTable]

    /// Entries of an index generation lie in the table of its parity.
    func index(generation: UInt32) -> IndexTable {
        indexes[Int(generation & 1)]
    }

    func index(_ chain: IndexChain) -> IndexTable {
        index(generation: chain.generation)
    }

    var isInsideTransaction: Bool {
        sqlite3_get_autocommit(sqlite3_db_handle(begin.pointer)) == 0
    }

    init(_ database: Database) throws {
        func prepare(_ place: StaticString, _ sql: String) throws -> PreparedStatement {
            try PreparedStatement(database, place, sql)
        }
        begin = try prepare("vault.db", "BEGIN IMMEDIATE")
        commit = try prepare("vault.db", "COMMIT")
        rollback = try prepare("vault.db", "ROLLBACK")
        savepoint = try prepare("vault.db", "SAVEPOINT mutation")
        release = try prepare("vault.db", "RELEASE mutation")
        rollBackToSavepoint = try prepare("vault.db", "ROLLBACK TO mutation")
        truncateLog = try prepare("vault.db", "PRAGMA wal_checkpoint(TRUNCATE)")
        find = try prepare("key_boxes", "SELECT number, generation FROM key_boxes WHERE id = ?")
        findTombstone = try prepare("tombstones", "SELECT 1 FROM tombstones WHERE id = ?")
        replay = try prepare("replays", "SELECT expires, sealed FROM replays WHERE key = ?")
        stateVersion = try prepare(
            "sealed_states", "SELECT version FROM sealed_states WHERE name = ?")
        insertKeyBox = try prepare(
            "key_boxes",
            """
            INSERT INTO key_boxes (number, id, segment, generation, box) SELECT ?1, ?2, ?3, ?4, ?5
            WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE id = ?2)
            """)
        updateKeyBox = try prepare(
            "key_boxes",
            "UPDATE key_boxes SET segment = ?2, generation = ?3, box = ?4 WHERE number = ?1")
        resealKeyBox = try prepare(
            "key_boxes", "UPDATE key_boxes SET box = ?2 WHERE number = ?1")
        deleteKeyBox = try prepare("key_boxes", "DELETE FROM key_boxes WHERE number = ?")
        insertFields = try prepare("records", "INSERT INTO records (number, fields) VALUES (?, ?)")
        updateFields = try prepare("records", "UPDATE records SET fields = ?2 WHERE number = ?1")
        deleteFields = try prepare("records", "DELETE FROM records WHERE number = ?")
        updateTombstone = try prepare(
            "tombstones", "UPDATE tombstones SET body = ?2 WHERE id = ?1")
        insertTombstone = try prepare(
            "tombstones", "INSERT INTO tombstones (id, body) VALUES (?, ?)")
        insertCertificate = try prepare(
            "certificates", "INSERT INTO certificates (record, entry, body) VALUES (?, ?, ?)")
        insertAudit = try prepare(
            "audit", "INSERT INTO audit (first, count, hashes, entries) VALUES (?, ?, ?, ?)")
        segment = try prepare(
            "segments", "SELECT generation, epoch, dirty, wrapped FROM segments WHERE number = ?")
        recordCount = try prepare(
            "key_boxes", "SELECT count(*) FROM key_boxes WHERE segment = ?")
        putSegment = try prepare(
            "segments",
            """
            INSERT INTO segments (number, generation, epoch, dirty, wrapped) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET generation = excluded.generation,
                epoch = excluded.epoch, dirty = excluded.dirty, wrapped = excluded.wrapped
            """)
        markDirty = try prepare("segments", "UPDATE segments SET dirty = ?2 WHERE number = ?1")
        putState = try prepare(
            "sealed_states",
            """
            INSERT INTO sealed_states (name, version, sealed) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET version = excluded.version, sealed = excluded.sealed
            """)
        putReplay = try prepare(
            "replays",
            """
            INSERT INTO replays (key, expires, sealed) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, sealed = excluded.sealed
            """)
        dropReplays = try prepare("replays", "DELETE FROM replays WHERE expires < ?")
        auditExpiry = try AuditExpiry(database, table: "audit")
        indexes = try IndexTable.names.map { try IndexTable(database, name: $0) }
    }
}
