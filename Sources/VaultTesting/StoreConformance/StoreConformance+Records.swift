import Storage
import Synchronization

extension StoreConformance {
    static let recordChecks = [
        ConformanceCheck("a record is inserted, replaced and erased") { bench in
            try await bench.put(Mutation(writes: [.insert(Sample.record(1))]))
            try bench.same(
                try await bench.store.record(Sample.id(1)), .live(Sample.record(1)), "inserted")
            let changed = Sample.record(1, generation: 2, segment: 9)
            try await bench.put(Mutation(writes: [.replace(changed)]))
            try bench.same(try await bench.store.record(Sample.id(1)), .live(changed), "replaced")
            try await bench.put(Mutation(writes: [.erase(Sample.id(1), tombstone: [1, 2])]))
            try bench.same(
                try await bench.store.record(Sample.id(1)), .erased(tombstone: [1, 2]), "erased")
            try bench.same(try await bench.store.record(Sample.id(2)), .unknown, "never there")
        },
        ConformanceCheck("several records are read in the order asked for") { bench in
            try await bench.put(
                Mutation(writes: (1...3).map { .insert(Sample.record($0)) }),
                Mutation(writes: [.erase(Sample.id(2), tombstone: [7])]))
            let ids = [3, 9, 2, 1, 3].map { Sample.id($0) }
            try bench.same(
                try await bench.store.records(ids),
                [
                    .live(Sample.record(3)), .unknown, .erased(tombstone: [7]),
                    .live(Sample.record(1)), .live(Sample.record(3)),
                ], "lookups")
        },
        ConformanceCheck("an erased id never lives again") { bench in
            try await bench.put(
                Mutation(writes: [.insert(Sample.record(1))]),
                Mutation(writes: [.erase(Sample.id(1), tombstone: [5])]))
            for write in [
                Write.insert(Sample.record(1, generation: 2)), .replace(Sample.record(1)),
                .erase(Sample.id(1), tombstone: [6]),
            ] {
                let outcome = try await bench.commit(Mutation(writes: [write])).first
                try bench.same(outcome.isFailure, true, "\(write) failed")
            }
            try bench.same(
                try await bench.store.record(Sample.id(1)), .erased(tombstone: [5]), "tombstone")
        },
        ConformanceCheck("bytes may be none or many, and numbers large") { bench in
            let record = StoredRecord(
                id: RecordID(high: .max, low: .max), segment: SegmentID(.max),
                generation: UInt64(Int64.max), box: [], fields: Sample.bytes(70_000, seed: 1))
            try await bench.put(Mutation(writes: [.insert(record)]))
            try bench.same(try await bench.store.record(record.id), .live(record), "record")
            try await bench.put(Mutation(writes: [.erase(record.id, tombstone: [])]))
            try bench.same(
                try await bench.store.record(record.id), .erased(tombstone: []), "erased")
        },
        ConformanceCheck("several records are read from one moment") { bench in
            let ids = [Sample.id(1), Sample.id(2)]
            try await bench.put(
                Mutation(writes: [.insert(Sample.record(1)), .insert(Sample.record(2))]))
            let flag = Flag()
            try await withThrowingTaskGroup { tasks in
                tasks.addTask {
                    var generation: UInt64 = 1
                    while !flag.isRaised {
                        generation += 1
                        try await bench.put(
                            Mutation(
                                writes: [1, 2].map {
                                    .replace(Sample.record($0, generation: generation))
                                }))
                        await Task.yield()
                    }
                }
                tasks.addTask {
                    defer { flag.raise() }
                    var last: UInt64 = 0
                    while last < 200 {
                        let generations = try await bench.store.records(ids).map { $0.generation }
                        try bench.same(generations[0], generations[1], "generations together")
                        try bench.same(generations[0] >= last, true, "time runs forward")
                        last = generations[0]
                        await Task.yield()
                    }
                }
                try await tasks.waitForAll()
            }
        },
    ]
}

/// Says once that something is over.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() {
        value.store(true, ordering: .releasing)
    }
}

extension RecordLookup {
    /// 0 for what doesn't live.
    fileprivate var generation: UInt64 {
        if case .live(let record) = self { record.generation } else { 0 }
    }
}

extension MutationOutcome? {
    var isFailure: Bool {
        if case .failed? = self { true } else { false }
    }
}
