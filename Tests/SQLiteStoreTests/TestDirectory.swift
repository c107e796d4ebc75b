import Foundation
import GRDB
import SQLiteStore
import Storage

/// A directory of a test's own, gone with it.
final class TestDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "aitta-store-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { path + "/vault.db" }
    var log: String { database + "-wal" }
    var accesses: String { path + "/access.db" }

    func bytes(_ path: String) -> Data {
        FileManager.default.contents(atPath: path) ?? Data()
    }

    /// All files, as a thief or a crash finds them.
    func copy() throws -> TestDirectory {
        let copy = try TestDirectory()
        for name in ["vault.db", "vault.db-wal", "access.db", "access.db-wal"]
        where FileManager.default.fileExists(atPath: path + "/" + name) {
            try FileManager.default.copyItem(
                atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    /// Changes the closed database behind the store's back.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

extension SQLiteStore {
    @discardableResult
    func commit(
        _ group: Mutation..., durability: Durability = .process
    ) async throws(StoreError) -> [MutationOutcome] {
        try await commit(group, durability: durability) { _ throws(StoreError) in }
    }
}

func sampleID(_ number: UInt64) -> RecordID {
    RecordID(high: 0x0190_0000_0000_7000 + (number << 16), low: 0x8000_0000_0000_0000 | number)
}

func sampleRecord(_ number: UInt64, size: Int = 100) -> StoredRecord {
    StoredRecord(
        id: sampleID(number), segment: SegmentID(1), generation: 1,
        box: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size),
        fields: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
}
