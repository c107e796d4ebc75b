import SQLiteStore
import Storage
import Testing
import VaultTesting

@testable import SQLiteStore

/// Readers keep their snapshots; nothing committed may be missed for it, and nothing kept back.
@Suite("Held snapshots")
struct SnapshotTests {
    @Test("every reader shows what was committed before its read began")
    func fresh() async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.readerCount = 2
        let store = try SQLiteStore.create(at: directory.path, options: options)
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        for generation in UInt64(2)...200 {
            var record = sampleRecord(1)
            record.generation = generation
            try await store.commit(Mutation(writes: [.replace(record)]))
            async let one = store.record(sampleID(1))
            async let other = store.record(sampleID(1))
            #expect(try await [one, other] == [.live(record), .live(record)])
        }
        await store.close()
    }

    @Test("a snapshot that is held does not keep the log from being emptied")
    func scrub() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        for _ in 0..<3 {
            #expect(try await store.record(sampleID(1)) == .live(sampleRecord(1)))
            #expect(try await store.scrub())
            #expect(directory.bytes(directory.log).isEmpty)
        }
        await store.close()
    }

    @Test("the log stays short while readers hold snapshots and others write")
    func checkpoints() async throws {
        let directory = try TestDirectory()
        var options = SQLiteStoreOptions()
        options.checkpointPages = 50
        let store = try SQLiteStore.create(at: directory.path, options: options)
        for number in UInt64(1)...400 {
            try await store.commit(Mutation(writes: [.insert(sampleRecord(number))]))
            _ = try await store.record(sampleID(number))
        }
        #expect(directory.bytes(directory.log).count < 200 * 4096)
        await store.close()
    }
}

@Suite("Rows of audit entries")
struct AuditRowTests {
    private static let leaves: [LogLeaf] = [
        [1], [], [2, 3], LogLeaf(sample: Array(repeating: 7, count: 70_000)),
    ]

    @Test("what was written is read, from the number given")
    func roundTrip() throws {
        let read = try #require(
            AuditRow.read(
                hashes: AuditRow.hashes(of: Self.leaves),
                entries: AuditRow.entries(of: Self.leaves),
                from: 9))
        #expect(read.map(\.leaf) == Self.leaves)
        #expect(read.map(\.number) == [9, 10, 11, 12])
    }

    @Test("what was not written does not pass for expired; hashes that are none are no row")
    func torn() throws {
        let (hashes, row) = (AuditRow.hashes(of: [[1, 2, 3]]), AuditRow.entries(of: [[1, 2, 3]]))
        let cuts = (0..<row.count).map { Array(row.prefix($0)) }
        for entries in cuts + [[255, 255, 255, 255, 1], row + [0]] {
            let read = try #require(AuditRow.read(hashes: hashes, entries: entries, from: 1))
            #expect(read.map(\.leaf.entry) == [[0]])
            #expect(read.allSatisfy { !$0.leaf.isExpired })
            #expect(read.map(\.leaf.hash) == [([1, 2, 3] as LogLeaf).hash])
        }
        for count in 1..<hashes.count {
            let cut = Array(hashes.prefix(count))
            #expect(AuditRow.read(hashes: cut, entries: row, from: 1) == nil)
        }
    }

    @Test("pages of a log of large groups begin and end anywhere")
    func pages() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        for group in 0..<6 {
            let entries = (0..<10).map {
                Mutation(audit: [LogLeaf(sample: [UInt8(group), UInt8($0)])])
            }
            _ = try await store.commit(entries, durability: .power) { _ in }
        }
        for after in UInt64(0)...60 {
            let page = try await store.auditEntries(after: after, limit: 7)
            #expect(page.map(\.number) == Array((after + 1)...(after + 7)).filter { $0 <= 60 })
        }
        #expect(try await store.counts().auditEntries == 60)
        await store.close()
    }
}

@Suite("Remembered chain lengths")
struct ChainLengthTests {
    @Test("what was rolled back or removed leaves no gap in a chain")
    func stale() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let chain = IndexChain(generation: 1) { UInt64($0) + 100 }
        for number in UInt64(1)...6 {
            try await store.commit(Mutation(writes: [.insert(sampleRecord(number))]))
        }
        for number in UInt64(1)...3 {
            try await store.commit(Mutation(writes: [.addToIndex(chain, sampleID(number))]))
        }
        // The record exists: the mutation is taken back after it has joined the chain.
        let outcome = try await store.commit(
            Mutation(writes: [.addToIndex(chain, sampleID(4)), .insert(sampleRecord(4))]))
        guard case .failed = outcome[0] else { throw StoreError.closed }
        try await store.commit(Mutation(writes: [.addToIndex(chain, sampleID(5))]))
        #expect(try await members(chain, store) == [1, 2, 3, 5])
        for number in [UInt64(5), 3, 2] {
            try await store.commit(Mutation(writes: [.removeFromIndex(chain, sampleID(number))]))
        }
        try await store.commit(Mutation(writes: [.addToIndex(chain, sampleID(6))]))
        #expect(try await members(chain, store) == [1, 6])
        await store.close()
    }

    private func members(_ chain: IndexChain, _ store: SQLiteStore) async throws -> [UInt64] {
        try await store.records(in: chain, limit: 99).map { $0.id.low & 0xFFFF }
    }
}

@Suite("Snapshots of a store")
struct StoreSnapshotTests {
    @Test("while one is held the log is not emptied, and nobody waits for it; then it is")
    func scrub() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        let snapshot = try await store.snapshot()
        #expect(try await !store.scrub())
        try await store.commit(Mutation(writes: [.erase(sampleID(1), tombstone: [1])]))
        #expect(try await !store.scrub())
        #expect(try await snapshot.records(after: nil, limit: 9) == [sampleRecord(1)])
        await snapshot.close()
        await snapshot.close()
        #expect(try await store.scrub())
        #expect(directory.bytes(directory.log).isEmpty)
        await store.close()
    }

    @Test("entries that were committed to one database alone leave no gap", .timeLimit(.minutes(5)))
    func noGap() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let writing = Task {
            for number in UInt64(1)...300 {
                try await store.commit(
                    Mutation(writes: [.insert(sampleRecord(number))], audit: [[1]]))
                _ = try await store.commit([Mutation(audit: [[2]])], durability: .process) { _ in }
            }
        }
        for _ in 0..<60 {
            let snapshot = try await store.snapshot()
            let records = try await snapshot.records(after: nil, limit: 1000).count
            let entries = try await snapshot.auditEntries(after: 0, limit: 1000)
            #expect(entries.map(\.number) == (0..<entries.count).map { UInt64($0) + 1 })
            // Every change that the snapshot shows is in its log.
            #expect(entries.count(where: { $0.leaf.entry == [1] }) >= records)
            await snapshot.close()
        }
        try await writing.value
        await store.close()
    }
}
