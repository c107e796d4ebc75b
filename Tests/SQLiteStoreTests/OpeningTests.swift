import Foundation
import Glibc
import Storage
import Testing
import VaultTesting

@testable import SQLiteStore

@Suite("Opening a database")
struct OpeningTests {
    @Test("what was committed is there again")
    func reopen() async throws {
        let directory = try await closedStore()
        let store = try SQLiteStore.open(at: directory.path)
        #expect(try await store.record(sampleID(1)) == .live(sampleRecord(1)))
        try await store.commit(Mutation(audit: [[2]]))
        #expect(try await store.auditEntries(after: 0, limit: 9).map(\.number) == [1, 2])
        await store.close()
    }

    @Test("a copy taken in full flight holds every commit")
    func crash() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        for number in UInt64(1)...20 {
            try await store.commit(Mutation(writes: [.insert(sampleRecord(number))]))
        }
        let copy = try directory.copy()
        #expect(copy.bytes(copy.log).count > 0)
        let again = try SQLiteStore.open(at: copy.path)
        #expect(try await again.records(after: nil, limit: 99).count == 20)
        await again.close()
        await store.close()
    }

    @Test("no database, no directory")
    func missing() throws {
        let directory = try TestDirectory()
        #expect(throws: StoreError.missing) { try SQLiteStore.open(at: directory.path) }
        #expect(throws: StoreError.missing) { try SQLiteStore.open(at: directory.path + "/no") }
        #expect(throws: StoreError.missing) { try SQLiteStore.create(at: directory.path + "/no") }
    }

    @Test("a database is not made twice")
    func twice() async throws {
        let directory = try await closedStore()
        #expect(throws: StoreError.alreadyExists) { try SQLiteStore.create(at: directory.path) }
        let store = try SQLiteStore.open(at: directory.path)
        #expect(try await store.record(sampleID(1)) == .live(sampleRecord(1)))
        await store.close()
    }

    @Test(
        "what isn't this program's database is refused",
        arguments: [
            (
                "PRAGMA user_version = \(Schema.vault.version + 1)",
                StoreError.unknownSchema(version: Schema.vault.version + 1)
            ),
            ("PRAGMA user_version = 0", .corrupt(place: "vault.db")),
            ("PRAGMA application_id = 1", .corrupt(place: "vault.db")),
            (
                "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM tombstones; END",
                .corrupt(place: "sqlite_schema")
            ),
            ("DROP TABLE tombstones", .corrupt(place: "sqlite_schema")),
        ])
    func foreign(sql: String, error: StoreError) async throws {
        let directory = try await closedStore()
        try directory.tamper(sql)
        #expect(throws: error) { try SQLiteStore.open(at: directory.path) }
    }

    @Test("a damaged header is told")
    func damagedHeader() async throws {
        let directory = try await closedStore()
        try directory.overwrite(at: 0, with: Data("no database".utf8))
        #expect(throws: StoreError.corrupt(place: "vault.db")) {
            try SQLiteStore.open(at: directory.path)
        }
    }

    @Test("an empty file is no database")
    func emptyFile() async throws {
        let directory = try await closedStore()
        try Data().write(to: URL(fileURLWithPath: directory.database))
        #expect(throws: StoreError.corrupt(place: "vault.db")) {
            try SQLiteStore.open(at: directory.path)
        }
    }

    @Test("a damaged page is told with its table, and never read as something else")
    func damagedPages() async throws {
        let directory = try await closedStore(records: 200)
        let size = directory.bytes(directory.database).count
        // All pages but the first, which holds the schema.
        try directory.overwrite(at: 4096, with: Data(repeating: 0xAA, count: size - 4096))
        do {
            let store = try SQLiteStore.open(at: directory.path)
            await #expect(throws: StoreError.corrupt(place: "records")) {
                try await store.record(sampleID(1))
            }
            await store.close()
        } catch {
            #expect(error == .corrupt(place: "vault.db"))
        }
    }

    @Test("fields without their key box's partner are a contradiction")
    func halfRecord() async throws {
        let directory = try await closedStore()
        try directory.tamper("DELETE FROM records")
        let store = try SQLiteStore.open(at: directory.path)
        await #expect(throws: StoreError.corrupt(place: "records")) {
            try await store.record(sampleID(1))
        }
        await store.close()
    }

    @Test("a directory or file that can't be written")
    func notWritable() async {
        // In a process of its own: threads that start while this one acts as another user inherit it.
        await #expect(processExitsWith: .success) {
            let directory = try await closedStore()
            let user: uid_t = 65_534
            if geteuid() == 0 {
                try #require(chown(directory.path, user, user) == 0)
                try #require(chown(directory.database, user, user) == 0)
                try #require(chown(directory.accesses, user, user) == 0)
            }
            try #require(chmod(directory.path, 0o555) == 0)
            #expect(try openAsOrdinaryUser(directory, user) == .notWritable)
            try #require(chmod(directory.path, 0o700) == 0)
            // The control: in a directory that can be written, the same user opens it.
            #expect(try openAsOrdinaryUser(directory, user) == nil)
            try #require(chmod(directory.database, 0o400) == 0)
            #expect(try openAsOrdinaryUser(directory, user) == .notWritable)
        }
    }

    @Test(
        "cached pages are dropped before they are believed",
        .enabled(if: dropsPages(), "the temporary directory's file system keeps its pages"))
    func dropsCache() async throws {
        let directory = try await closedStore(records: 500)
        #expect(try residentPages(directory.database) > 20)
        try StoreFiles(directory: directory.path, name: "vault.db").dropCachedPages()
        #expect(try residentPages(directory.database) == 0)
    }
}

private func closedStore(records: UInt64 = 1) async throws -> TestDirectory {
    let directory = try TestDirectory()
    let store = try SQLiteStore.create(at: directory.path)
    try await store.commit(
        Mutation(writes: (1...records).map { .insert(sampleRecord($0)) }, audit: [[1]]))
    await store.close()
    return directory
}

extension TestDirectory {
    fileprivate func overwrite(at offset: UInt64, with bytes: Data) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: database))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: bytes)
        try file.close()
    }
}

/// Opens and closes a store with the file rights of `user`, on this thread alone.
private func openAsOrdinaryUser(_ directory: TestDirectory, _ user: uid_t) throws -> StoreError? {
    typealias SetUser = @convention(c) (uid_t) -> Int32
    let symbol = try #require(dlsym(nil, "setfsuid"))
    let setFileSystemUser = unsafeBitCast(symbol, to: SetUser.self)
    let isRoot = geteuid() == 0
    if isRoot { _ = setFileSystemUser(user) }
    defer { if isRoot { _ = setFileSystemUser(0) } }
    do {
        _ = try SQLiteStore.open(at: directory.path)
        return nil
    } catch {
        return error
    }
}

private func residentPages(_ path: String) throws -> Int {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    try #require(fstat(descriptor, &status) == 0)
    let size = Int(status.st_size)
    let map = try #require(mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0))
    defer { munmap(map, size) }
    var pages = [UInt8](repeating: 0, count: (size + 4095) / 4096)
    try #require(mincore(map, size, &pages) == 0)
    return pages.count { $0 & 1 == 1 }
}

/// Whether the temporary directory's file system lets go of pages at all; one in memory does not.
private func dropsPages() -> Bool {
    guard let directory = try? TestDirectory(),
        FileManager.default.createFile(
            atPath: directory.database, contents: Data(repeating: 1, count: 1 << 16))
    else { return false }
    let descriptor = open(directory.database, O_RDWR)
    defer { close(descriptor) }
    guard fsync(descriptor) == 0, posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0 else {
        return false
    }
    return (try? residentPages(directory.database)) == 0
}
