import Storage
import Synchronization

extension StoreConformance {
    static let groupChecks = [
        ConformanceCheck("a rejected mutation leaves its neighbours alone") { bench in
            let outcomes = try await bench.commit(
                Mutation(writes: [.insert(Sample.record(1))], audit: [[1]]),
                Mutation(
                    expectations: [.absent(Sample.id(3)), .exists(Sample.id(9))],
                    writes: [.insert(Sample.record(2))], audit: [[2]]),
                Mutation(writes: [.insert(Sample.record(3))], audit: [[3]]))
            try bench.same(
                outcomes,
                [.committed, .rejected(.unknownRecord(Sample.id(9))), .committed], "outcomes")
            let ids = (UInt64(1)...3).map { Sample.id($0) }
            try bench.same(
                try await bench.store.records(ids),
                [.live(Sample.record(1)), .unknown, .live(Sample.record(3))], "records")
        },
        ConformanceCheck("a failing mutation leaves its neighbours alone and nothing behind") {
            bench in
            try await bench.put(Mutation(writes: [.insert(Sample.record(1))]))
            let failing: [Write] = [
                .insert(Sample.record(1)), .replace(Sample.record(50)),
                .erase(Sample.id(50), tombstone: [1]), .addToIndex(Sample.chain(5), Sample.id(50)),
                .markDirty(SegmentID(50), epoch: 1),
            ]
            for (place, write) in failing.enumerated() {
                let first = UInt64(100 + 3 * place)
                let outcomes = try await bench.commit(
                    Mutation(writes: [.insert(Sample.record(first))], audit: [[1]]),
                    Mutation(
                        writes: [
                            .insert(Sample.record(first + 1)),
                            .addToIndex(Sample.chain(8), Sample.id(first + 1)), write,
                        ], audit: [[2]]),
                    Mutation(
                        expectations: [.absent(Sample.id(first + 1)), .exists(Sample.id(first))],
                        writes: [.insert(Sample.record(first + 2))], audit: [[3]]))
                try bench.same(
                    outcomes.map { Optional($0).isFailure }, [false, true, false], "\(write)")
                try bench.same(
                    [outcomes[0], outcomes[2]], [.committed, .committed], "neighbours")
                let ids = (first...first + 2).map { Sample.id($0) }
                try bench.same(
                    try await bench.store.records(ids),
                    [.live(Sample.record(first)), .unknown, .live(Sample.record(first + 2))],
                    "records beside \(write)")
            }
            let chain = try await bench.store.records(in: Sample.chain(8), limit: 9)
            try bench.same(chain, [], "index")
            try bench.same(try await bench.store.record(Sample.id(50)), .unknown, "no tombstone")
        },
        ConformanceCheck("a mutation sees what its group has written before it") { bench in
            let chain = Sample.chain(1)
            let state = StoredState(name: "policy", version: 1, sealed: [1])
            let outcomes = try await bench.commit(
                Mutation(
                    expectations: [.absent(Sample.id(1)), .vacant(chain, ignoring: [])],
                    writes: [
                        .insert(Sample.record(1)), .addToIndex(chain, Sample.id(1)),
                        .putState(state),
                    ]),
                Mutation(expectations: [.absent(Sample.id(1))]),
                Mutation(expectations: [.vacant(chain, ignoring: [])]),
                Mutation(expectations: [.stateVersion(name: "policy", 0)]),
                Mutation(
                    expectations: [.generation(Sample.id(1), 1)],
                    writes: [.replace(Sample.record(1, generation: 2))]),
                Mutation(expectations: [.generation(Sample.id(1), 1)]))
            try bench.same(
                outcomes,
                [
                    .committed, .rejected(.present(Sample.id(1))),
                    .rejected(.occupied(by: [Sample.id(1)], expectation: 0)),
                    .rejected(.stateChanged(name: "policy", version: 1)), .committed,
                    .rejected(.changed(Sample.id(1), generation: 2)),
                ], "outcomes")
        },
        ConformanceCheck("before the commit, the ledger is told whom it concerns") { bench in
            let told = Mutex<[[Int]]>([])
            let group = [
                Mutation(writes: [.insert(Sample.record(1))]),
                Mutation(writes: [.insert(Sample.record(2))], needsLedger: true),
                Mutation(expectations: [.exists(Sample.id(9))], needsLedger: true),
                Mutation(writes: [.replace(Sample.record(9))], needsLedger: true),
                Mutation(writes: [.insert(Sample.record(3))], needsLedger: true),
            ]
            _ = try await bench.store.commit(group, durability: .power) {
                places throws(StoreError) in told.withLock { $0.append(places) }
            }
            try bench.same(told.withLock { $0 }, [[1, 4]], "places")
            _ = try await bench.store.commit(
                [Mutation(audit: [[1]]), group[2]], durability: .power
            ) { places throws(StoreError) in told.withLock { $0.append(places) } }
            try bench.same(told.withLock { $0.count }, 1, "nothing to tell")
        },
        ConformanceCheck("a ledger that fails takes the whole group back") { bench in
            try await bench.put(Mutation(writes: [.insert(Sample.record(1))], audit: [[1]]))
            let group = [
                Mutation(writes: [.insert(Sample.record(2))], audit: [[2]]),
                Mutation(
                    writes: [.erase(Sample.id(1), tombstone: [1])], audit: [[3]], needsLedger: true),
            ]
            do {
                _ = try await bench.store.commit(group, durability: .power) {
                    _ throws(StoreError) in throw .diskFull
                }
                throw ConformanceFailure(description: "the ledger's error was swallowed")
            } catch let error as StoreError {
                try bench.same(error, .diskFull, "error")
            }
            try bench.same(
                try await bench.store.records([Sample.id(1), Sample.id(2)]),
                [.live(Sample.record(1)), .unknown], "records")
            try await bench.put(Mutation(audit: [[4]]))
            try bench.same(
                try await bench.store.auditEntries(after: 0, limit: 9),
                [AuditEntry(number: 1, leaf: [1]), AuditEntry(number: 2, leaf: [4])], "audit")
        },
        ConformanceCheck("an empty group is nothing") { bench in
            try bench.same(try await bench.commit(), [], "outcomes")
        },
    ]
}
