import GRDB
import Glibc
import Storage
import Testing
import VaultTesting

@testable import SQLiteStore

@Suite("Settings of the database")
struct SettingsTests {
    @Test("the writer is durable and leaves no remnants")
    func pragmas() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let expected = [
            "synchronous": 2, "secure_delete": 1, "foreign_keys": 0, "temp_store": 2,
            "trusted_schema": 0, "wal_autocheckpoint": 0, "user_version": Schema.vault.version,
            "application_id": 0x4169_7474, "auto_vacuum": 0,
        ]
        for (name, value) in expected {
            #expect(try setting(store, name) == value, "\(name)")
        }
        await store.close()
    }

    @Test("synchronous is FULL whenever a commit is to survive a power loss")
    func full() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let seen = Seen()
        // The control: while one for the process alone runs, it is NORMAL.
        for (durability, level) in [
            (Durability.process, 1), (.power, 2), (.process, 1), (.power, 2),
        ] {
            _ = try await store.commit(
                [Mutation(audit: [[1]], needsLedger: true)], durability: durability
            ) { _ throws(StoreError) in seen.level = try? setting(store, "synchronous") }
            #expect(seen.level == level)
        }
        await store.close()
    }

    @Test("files can be read by their owner alone")
    func mode() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        try await store.commit(Mutation(audit: [[1]]))
        for path in [directory.database, directory.accesses] {
            for suffix in ["", "-wal", "-shm"] {
                var status = stat()
                #expect(stat(path + suffix, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600, "\(path)\(suffix)")
            }
        }
        await store.close()
    }

    @Test("listing needs no sorting")
    func plans() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let plan = try store.writer.queue.unsafeReentrantRead { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN SELECT id, 0 FROM key_boxes WHERE id > x''
                    UNION ALL SELECT id, 1 FROM tombstones WHERE id > x'' ORDER BY 1 LIMIT 9
                    """
            ).map { $0["detail"] as String? ?? "" }
        }
        #expect(plan.contains("MERGE (UNION ALL)"))
        #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") })
        await store.close()
    }
}

/// Written and read on the thread that commits.
private final class Seen: @unchecked Sendable {
    var level: Int?
}

private func setting(_ store: SQLiteStore, _ name: String) throws -> Int? {
    try store.writer.queue.unsafeReentrantRead { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
}
