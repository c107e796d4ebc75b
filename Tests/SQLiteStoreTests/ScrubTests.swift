import Foundation
import GRDB
import SQLiteStore
import Storage
import Testing

@Suite("Scrubbing")
struct ScrubTests {
    @Test("what was erased or replaced is in no file afterwards", arguments: [UInt64(1), 2, 3])
    func remnants(seed: UInt64) async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        var marks = Marks(seed: seed, boxSizes: 552...552, fieldSizes: 800...800)
        try await marks.fill(store)
        #expect(try await store.scrub())
        // The control: what lives is found, and what was erased is found before the scrub.
        #expect(marks.difference(directory.found()) == [])
        for _ in 0..<40 { try await store.commit(Mutation(writes: marks.erasures(10))) }
        #expect(!directory.found().isDisjoint(with: marks.gone))
        #expect(try await store.scrub())
        #expect(directory.bytes(directory.log).isEmpty)
        #expect(marks.difference(directory.found()) == [])
        await store.close()
    }

    /// When most of a table is erased, SQLite joins pages, and where it has moved a row it leaves
    /// the old bytes between the rows of the page, out of reach of `secure_delete` once the row is
    /// erased in its turn. What is left is ciphertext whose segment key the next rotation destroys.
    @Test(
        "of mass erasures, next to nothing remains until the rotation", arguments: [UInt64(1), 2])
    func massErasure(seed: UInt64) async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        var marks = Marks(seed: seed, boxSizes: 200...900, fieldSizes: 100...3000)
        try await marks.fill(store)
        for _ in 0..<110 { try await store.commit(Mutation(writes: marks.erasures(10))) }
        #expect(try await store.scrub())
        let remnants = directory.found().subtracting(marks.living)
        #expect(
            remnants.count <= marks.gone.count / 100, "\(remnants.count) of \(marks.gone.count)")
        await store.close()
    }

    /// Entries come at random places, so that pages are split all the time; what is left are tags
    /// whose key goes with the next rotation.
    @Test("of index entries that were removed, next to nothing remains")
    func indexRemnants() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        let tags = (0..<3000).map { _ in UInt64.random(in: 0..<UInt64(1) << 62) }
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        let chains = tags.map { tag in
            IndexChain(generation: 1) { $0 == 0 ? tag : tag ^ UInt64($0) }
        }
        for chain in chains {
            try await store.commit(Mutation(writes: [.addToIndex(chain, sampleID(1))]))
        }
        #expect(try await store.scrub())
        let encoded = tags.map(rowidBytes)
        #expect(directory.holds(encoded).count == tags.count)
        for chain in chains.dropLast(1000) {
            try await store.commit(Mutation(writes: [.removeFromIndex(chain, sampleID(1))]))
        }
        #expect(try await store.scrub())
        let held = directory.holds(encoded)
        #expect(held.isSuperset(of: encoded.suffix(1000)))
        #expect(held.count <= 1000 + 2000 / 50, "\(held.count - 1000) of 2000 remain")
        await store.close()
    }

    @Test("a reader that stays is waited for briefly, and stops nobody")
    func bound() async throws {
        let directory = try TestDirectory()
        let store = try SQLiteStore.create(at: directory.path)
        try await store.commit(Mutation(writes: [.insert(sampleRecord(1))]))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: directory.database, configuration: configuration)
        let seen = try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM key_boxes")
        }
        #expect(seen == 1)
        let start = ContinuousClock.now
        try await store.commit(Mutation(writes: [.erase(sampleID(1), tombstone: [1])]))
        #expect(try await store.scrub() == false)
        #expect(try await store.record(sampleID(1)) == .erased(tombstone: [1]))
        #expect(ContinuousClock.now - start < .milliseconds(1000))
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try await store.scrub())
        #expect(directory.bytes(directory.log).isEmpty)
        await store.close()
    }
}

/// Records whose bytes all carry marks, and which marks should be found.
private struct Marks {
    private(set) var living: Set<String> = []
    private(set) var gone: Set<String> = []
    private var generations: [UInt64: UInt64] = [:]
    private var last: UInt64 = 0
    private var random: LinearCongruence
    private let boxSizes: ClosedRange<Int>
    private let fieldSizes: ClosedRange<Int>

    init(seed: UInt64, boxSizes: ClosedRange<Int>, fieldSizes: ClosedRange<Int>) {
        random = LinearCongruence(state: seed)
        self.boxSizes = boxSizes
        self.fieldSizes = fieldSizes
    }

    /// 1,500 records, 400 changes.
    mutating func fill(_ store: SQLiteStore) async throws {
        for _ in 0..<60 { try await store.commit(Mutation(writes: inserts(25))) }
        for _ in 0..<40 { try await store.commit(Mutation(writes: changes(10))) }
    }

    mutating func inserts(_ count: Int) -> [Write] {
        (0..<count).map { _ in
            last += 1
            generations[last] = 1
            return .insert(record(last))
        }
    }

    mutating func changes(_ count: Int) -> [Write] {
        (0..<count).compactMap { _ in
            guard let number = generations.keys.sorted().randomElement(using: &random) else {
                return nil
            }
            bury(number)
            generations[number, default: 0] += 1
            return .replace(record(number))
        }
    }

    mutating func erasures(_ count: Int) -> [Write] {
        (0..<count).compactMap { _ in
            guard let number = generations.keys.sorted().randomElement(using: &random) else {
                return nil
            }
            bury(number)
            generations[number] = nil
            return .erase(sampleID(number), tombstone: [1, 2, 3])
        }
    }

    /// What was found and shouldn't have been, and the other way round.
    func difference(_ found: Set<String>) -> [String] {
        found.symmetricDifference(living).sorted()
    }

    private mutating func bury(_ number: UInt64) {
        let mark = mark(number)
        living.remove(mark)
        gone.insert(mark)
    }

    private mutating func record(_ number: UInt64) -> StoredRecord {
        let mark = mark(number)
        living.insert(mark)
        func bytes(_ length: Int) -> [UInt8] {
            [UInt8]("REMNANT-\(mark)".utf8) + [UInt8](repeating: 0x2E, count: length)
        }
        return StoredRecord(
            id: sampleID(number), segment: SegmentID(1), generation: generations[number] ?? 1,
            box: bytes(Int.random(in: boxSizes, using: &random)),
            fields: bytes(Int.random(in: fieldSizes, using: &random)))
    }

    private func mark(_ number: UInt64) -> String {
        String("\(10_000_000_000 + number * 1000 + (generations[number] ?? 1))".dropFirst())
    }
}

/// Enough chance for a test, repeated by its seed.
private struct LinearCongruence: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// SQLite's form of a large rowid: eight bytes of seven bits and a whole one.
private func rowidBytes(_ tag: UInt64) -> Data {
    let value = tag ^ (1 << 63)
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (57 - 7 * UInt64($0))) | 0x80 }
    bytes.append(UInt8(truncatingIfNeeded: value))
    return Data(bytes)
}

extension TestDirectory {
    /// The marks in all files.
    fileprivate func found() -> Set<String> {
        var marks: Set<String> = []
        let prefix = Data("REMNANT-".utf8)
        for path in [database, log, database + "-shm"] {
            let bytes = self.bytes(path)
            var rest = bytes.startIndex..<bytes.endIndex
            while let range = bytes.range(of: prefix, in: rest) {
                marks.insert(
                    String(decoding: bytes[range.upperBound...].prefix(10), as: UTF8.self))
                rest = range.upperBound..<bytes.endIndex
            }
        }
        return marks
    }

    /// Which of nine-byte needles are in the files.
    fileprivate func holds(_ needles: [Data]) -> Set<Data> {
        let wanted = Set(needles)
        var held: Set<Data> = []
        for path in [database, log] {
            let bytes = [UInt8](bytes(path))
            for start in bytes.indices.dropLast(8)
            // Only such bytes can begin a nine-byte number.
            where bytes[start] & 0x80 != 0 && bytes[start + 7] & 0x80 != 0 {
                let candidate = Data(bytes[start..<start + 9])
                if wanted.contains(candidate) { held.insert(candidate) }
            }
        }
        return held
    }
}
