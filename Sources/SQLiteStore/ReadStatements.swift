import GRDB
import GRDBSQLite

/// The statements of a reader.
struct ReadStatements {
    let begin, commit: PreparedStatement
    let record, recordsAfter, list, tombstone: PreparedStatement
    let segment, segments, recordCount, boxesOfSegment, boxesAfter: PreparedStatement
    let state, replay, certificates, auditEntries, leafHashes, counts: PreparedStatement
    let recordsInSegment, tombstonesAfter, states, certificatesAfter: PreparedStatement
    let snapshotCounts, pinLog: PreparedStatement
    private let recordOfTag: [PreparedStatement]
    private let entriesFrom: [PreparedStatement]
    private let anyEntry: [PreparedStatement]

    /// Entries of an index generation lie in the table of its parity.
    func recordOfTag(generation: UInt32) -> PreparedStatement {
        recordOfTag[Int(generation & 1)]
    }

    func entriesFrom(generation: UInt32) -> PreparedStatement {
        entriesFrom[Int(generation & 1)]
    }

    func anyEntry(generation: UInt32) -> PreparedStatement {
        anyEntry[Int(generation & 1)]
    }

    var isInsideTransaction: Bool {
        sqlite3_get_autocommit(sqlite3_db_handle(begin.pointer)) == 0
    }

    init(_ database: Database) throws {
        func prepare(_ place: StaticString, _ sql: String) throws -> PreparedStatement {
            try PreparedStatement(database, place, sql)
        }
        begin = try prepare("vault.db", "BEGIN DEFERRED")
        commit = try prepare("vault.db", "COMMIT")
        record = try prepare(
            "records",
            """
            SELECT k.id, k.segment, k.generation, k.box, r.fields
            FROM key_boxes k LEFT JOIN records r ON r.number = k.number WHERE k.id = ?
            """)
        recordsAfter = try prepare(
            "records",
            """
            SELECT k.id, k.segment, k.generation, k.box, r.fields
            FROM key_boxes k LEFT JOIN records r ON r.number = k.number
            WHERE k.id > ? ORDER BY k.id LIMIT ?
            """)
        list = try prepare(
            "key_boxes",
            """
            SELECT id, 0 FROM key_boxes WHERE id > ?1
            UNION ALL SELECT id, 1 FROM tombstones WHERE id > ?1
            ORDER BY 1 LIMIT ?2
            """)
        tombstone = try prepare("tombstones", "SELECT body FROM tombstones WHERE id = ?")
        segment = try prepare(
            "segments",
            "SELECT number, generation, epoch, dirty, wrapped FROM segments WHERE number = ?")
        segments = try prepare(
            "segments",
            "SELECT number, generation, epoch, dirty, wrapped FROM segments ORDER BY number")
        recordCount = try prepare(
            "key_boxes", "SELECT count(*) FROM key_boxes WHERE segment = ?")
        boxesOfSegment = try prepare(
            "key_boxes",
            """
            SELECT number, id, segment, generation, box FROM key_boxes WHERE segment = ?
            ORDER BY number
            """)
        boxesAfter = try prepare(
            "key_boxes",
            """
            SELECT number, id, segment, generation, box FROM key_boxes WHERE number > ?
            ORDER BY number LIMIT ?
            """)
        state = try prepare(
            "sealed_states", "SELECT version, sealed FROM sealed_states WHERE name = ?")
        replay = try prepare("replays", "SELECT expires, sealed FROM replays WHERE key = ?")
        certificates = try prepare(
            "certificates", "SELECT entry, body FROM certificates WHERE record = ? ORDER BY number")
        func rowsOfLog(_ columns: String) -> String {
            ["main.audit", "access.accesses"].map { table in
                """
                SELECT \(columns) FROM \(table)
                WHERE first >= (SELECT coalesce(max(first), 0) FROM \(table) WHERE first <= ?1)
                """
            }.joined(separator: " UNION ALL ") + " ORDER BY first"
        }
        auditEntries = try prepare("audit", rowsOfLog("first, hashes, entries"))
        leafHashes = try prepare("audit", rowsOfLog("first, hashes"))
        counts = try prepare(
            "vault.db",
            """
            SELECT (SELECT count(*) FROM key_boxes), (SELECT count(*) FROM tombstones),
                (SELECT count(*) FROM segments), (SELECT count(*) FROM segments WHERE dirty <> 0),
                (SELECT count(*) FROM blind_index_0) + (SELECT count(*) FROM blind_index_1),
                coalesce((SELECT first + count FROM main.audit ORDER BY first DESC LIMIT 1), 1),
                coalesce((SELECT first + count FROM access.accesses ORDER BY first DESC LIMIT 1), 1)
            """)
        recordsInSegment = try prepare(
            "records",
            """
            SELECT k.id, k.segment, k.generation, k.box, r.fields
            FROM key_boxes k LEFT JOIN records r ON r.number = k.number
            WHERE k.segment = ? ORDER BY k.id
            """)
        tombstonesAfter = try prepare(
            "tombstones", "SELECT id, body FROM tombstones WHERE id > ? ORDER BY id LIMIT ?")
        states = try prepare(
            "sealed_states", "SELECT name, version, sealed FROM sealed_states ORDER BY name")
        certificatesAfter = try prepare(
            "certificates",
            """
            SELECT number, record, entry, body FROM certificates WHERE number > ?
            ORDER BY number LIMIT ?
            """)
        snapshotCounts = try prepare(
            "vault.db",
            """
            SELECT (SELECT count(*) FROM key_boxes), (SELECT count(*) FROM tombstones),
                (SELECT count(*) FROM certificates)
            """)
        pinLog = try prepare("accesses", "SELECT 1 FROM access.accesses LIMIT 1")
        recordOfTag = try IndexTable.names.map { name in
            try prepare(
                "blind_index",
                """
                SELECT k.id, k.segment, k.generation, k.box, r.fields
                FROM \(name) i LEFT JOIN key_boxes k ON k.number = i.record
                LEFT JOIN records r ON r.number = i.record WHERE i.tag = ?
                """)
        }
        anyEntry = try IndexTable.names.map { name in
            try prepare("blind_index", "SELECT 1 FROM \(name) LIMIT 1")
        }
        entriesFrom = try IndexTable.names.map { name in
            try prepare(
                "blind_index",
                """
                SELECT i.tag, k.id FROM \(name) i LEFT JOIN key_boxes k ON k.number = i.record
                WHERE i.tag >= ? ORDER BY i.tag LIMIT ?
                """)
        }
    }
}
