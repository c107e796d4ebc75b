import Foundation
import Glibc
import SQLiteStore
import Storage
import Testing
import VaultTesting

@Suite("Failures")
struct FailureTests {
    @Test("a full database takes nothing and goes on serving")
    func full() async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.maximumDatabaseBytes = 400 * 4096
        let store = try SQLiteStore.create(at: directory.path, options: options)
        var written: UInt64 = 0
        await #expect(throws: StoreError.diskFull) {
            while written < 1000 {
                let (first, second) = (2 * written + 1, 2 * written + 2)
                try await store.commit(
                    Mutation(writes: [.insert(sampleRecord(first, size: 2000))], audit: [[1]]),
                    Mutation(writes: [.insert(sampleRecord(second, size: 2000))], audit: [[2]]))
                written += 1
            }
        }
        #expect(written > 10)
        #expect(try await store.records(after: nil, limit: 9999).count == Int(2 * written))
        #expect(try await store.auditEntries(after: 0, limit: 9999).count == Int(2 * written))
        // Of these two at least a page is free again.
        try await store.commit(
            Mutation(
                writes: [.erase(sampleID(1), tombstone: [1]), .erase(sampleID(2), tombstone: [1])],
                audit: [[3]]))
        #expect(
            try await store.auditEntries(after: 2 * written, limit: 9)
                == [AuditEntry(number: 2 * written + 1, leaf: [3])])
        await store.close()
    }

    /// They are in a database of their own by then; the log's tree must count them.
    @Test("accesses stay in the log when the changes of their group find no room")
    func fullForChanges() async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.maximumDatabaseBytes = 60 * 4096
        let store = try SQLiteStore.create(at: directory.path, options: options)
        var outcomes: [MutationOutcome] = []
        var groups: UInt64 = 0
        repeat {
            groups += 1
            outcomes = try await store.commit(
                Mutation(audit: [[1]]),
                Mutation(writes: [.insert(sampleRecord(groups, size: 4000))], audit: [[2]]))
        } while outcomes == [.committed, .committed] && groups < 100
        #expect(outcomes == [.committed, .failed(.diskFull)])
        let entries = try await store.auditEntries(after: 0, limit: 9999)
        #expect(entries.count == Int(2 * groups - 1))
        #expect(entries.last?.leaf == [1])
        #expect(entries.map(\.number) == Array(1...(2 * groups - 1)))
        await store.close()
    }

    @Test("a write of the log that fails ends the service")
    func writeError() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let store = try SQLiteStore.create(at: directory.path)
            try await store.commit(
                Mutation(writes: [.insert(sampleRecord(1))]), durability: .power)
            // A file that may not grow fails the write with EFBIG, once the signal is ignored.
            signal(SIGXFSZ, SIG_IGN)
            try limitFileSize(UInt(directory.bytes(directory.log).count))
            try await expectUnknown(store, directory)
            try limitFileSize(nil)
            let copy = try directory.copy()
            let again = try SQLiteStore.open(at: copy.path)
            #expect(try await again.record(sampleID(1)) == .live(sampleRecord(1)))
            #expect(try await again.record(sampleID(2)) == .unknown)
            await again.close()
        }
    }

    @Test(
        "a sync of the log that fails ends the service",
        .enabled(if: Strace.isThere, "strace is not installed"))
    func syncError() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let store = try SQLiteStore.create(at: directory.path)
            try await store.commit(
                Mutation(writes: [.insert(sampleRecord(1))]), durability: .power)
            let strace = try Strace(["-e", "inject=fdatasync:error=EIO"])
            try await expectUnknown(store, directory)
            #expect(try strace.end().count == 1, "a failed sync is not tried again")
        }
    }

    @Test(
        "commits for the process that can't be synced end the service",
        .enabled(if: Strace.isThere, "strace is not installed"))
    func laterSyncError() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let store = try SQLiteStore.create(at: directory.path)
            try await store.commit(Mutation(audit: [[1]]), durability: .process)
            let strace = try Strace(["-e", "inject=fdatasync:error=EIO"])
            await #expect(throws: StoreError.outcomeUnknown) { try await store.sync() }
            await #expect(throws: StoreError.closed) { try await store.sync() }
            await #expect(throws: StoreError.closed) {
                try await store.auditEntries(after: 0, limit: 1)
            }
            #expect(try strace.end().count == 1)
        }
    }

    @Test(
        "a checkpoint that fails ends what comes after",
        .enabled(if: Strace.isThere, "strace is not installed"))
    func checkpointError() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            var options = SQLiteStoreOptions()
            options.checkpointPages = 100
            let store = try SQLiteStore.create(at: directory.path, options: options)
            let strace = try Strace(["-e", "inject=fdatasync:error=EIO"])
            let large = Mutation(writes: [.insert(sampleRecord(1, size: 1 << 20))])
            let outcomes = try await store.commit(large, durability: .process)
            #expect(outcomes == [.committed])
            await #expect(throws: StoreError.closed) { try await store.commit(Mutation()) }
            #expect(try strace.end().count == 1)
        }
    }

    @Test(
        "every commit is synced once, and those for the process when asked",
        .enabled(if: Strace.isThere, "strace is not installed"))
    func syncCount() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let store = try SQLiteStore.create(at: directory.path)
            try await store.commit(Mutation(audit: [[0]]), durability: .power)
            var strace = try Strace([])
            for round in UInt8(0)..<10 {
                try await store.commit(
                    Mutation(audit: [[round]]), Mutation(audit: [[round]]), durability: .power)
            }
            #expect(try strace.end().count == 10)
            strace = try Strace([])
            for round in UInt8(0)..<10 {
                try await store.commit(Mutation(audit: [[round]]), durability: .process)
            }
            #expect(try strace.end().count == 0)
            strace = try Strace([])
            try await store.sync()
            try await store.sync()
            #expect(try strace.end().count == 1)
            await store.close()
        }
    }

    @Test(
        "an audit entry is synced before a later one in the other database",
        .enabled(if: Strace.isThere, "strace is not installed"))
    func syncOrder() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            let store = try SQLiteStore.create(at: directory.path)
            let access = Mutation(audit: [[1]])
            let change = Mutation(writes: [.dropReplays(expiredBeforeSeconds: 0)], audit: [[2]])
            try await store.commit(access, change, durability: .power)
            // What comes first unsynced, what then synced, and how many syncs that takes: the
            // control is that nothing is left to sync where it lies in the same database.
            for (first, then, syncs) in [
                (access, change, 2), (change, access, 2), (access, access, 1), (change, change, 1),
            ] {
                try await store.commit(first, durability: .process)
                let strace = try Strace([])
                try await store.commit(then, durability: .power)
                #expect(try strace.end().count == syncs)
            }
            // What leaves no entry waits for `sync` alone.
            let filling = Mutation(writes: [.dropReplays(expiredBeforeSeconds: 1)])
            try await store.commit(filling, durability: .process)
            var strace = try Strace([])
            try await store.commit(access, durability: .power)
            #expect(try strace.end().count == 1)
            strace = try Strace([])
            try await store.sync()
            #expect(try strace.end().count == 1)
            await store.close()
        }
    }

    @Test(
        "of many commits that leave no entry, little is copied into the database at a time",
        arguments: [true, false])
    func bulkCheckpoints(hasEntries: Bool) async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.checkpointPages = 800
        let store = try SQLiteStore.create(at: directory.path, options: options)
        for round in UInt64(1)...60 {
            let state = StoredState(
                name: "large", version: round,
                sealed: [UInt8](repeating: UInt8(round), count: 40_000))
            try await store.commit(
                Mutation(writes: [.putState(state)], audit: hasEntries ? [[1]] : []),
                durability: .process)
        }
        let log = URL(fileURLWithPath: directory.path).appendingPathComponent("vault.db-wal")
        let pages = try Data(contentsOf: log).count / 4096
        #expect(hasEntries ? pages > 300 : pages < 150)
        await store.close()
    }

    @Test("more reads than readers are all answered")
    func manyReads() async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.readerCount = 2
        let store = try SQLiteStore.create(at: directory.path, options: options)
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        let answers = try await withThrowingTaskGroup { tasks in
            for _ in 0..<500 { tasks.addTask { try await store.record(sampleID(1)) } }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: .live(sampleRecord(1)), count: 500))
        await store.close()
    }
}

/// The commit's outcome is unknown; then nothing is served, and the files are left as they are.
private func expectUnknown(_ store: SQLiteStore, _ directory: TestDirectory) async throws {
    await #expect(throws: StoreError.outcomeUnknown) {
        try await store.commit(
            Mutation(writes: [.insert(sampleRecord(2, size: 20_000))]), durability: .power)
    }
    let files = [directory.bytes(directory.database), directory.bytes(directory.log)]
    await #expect(throws: StoreError.closed) { try await store.record(sampleID(1)) }
    await #expect(throws: StoreError.closed) { try await store.commit(Mutation(audit: [[1]])) }
    await #expect(throws: StoreError.closed) { try await store.scrub() }
    await store.close()
    #expect(files == [directory.bytes(directory.database), directory.bytes(directory.log)])
}

private func limitFileSize(_ bytes: UInt?) throws {
    var limit = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    limit.rlim_cur = bytes ?? limit.rlim_max
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
