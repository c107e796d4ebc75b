import Storage

extension StoreConformance {
    static let expectationChecks = [
        ConformanceCheck("expectations of records hold or say why not") { bench in
            let (live, erased, unknown) = (Sample.id(1), Sample.id(2), Sample.id(3))
            try await bench.put(
                Mutation(writes: [
                    .insert(Sample.record(1, generation: 4)), .insert(Sample.record(2)),
                ]),
                Mutation(writes: [.erase(erased, tombstone: [1])]))
            let expected: [(Expectation, MutationOutcome)] = [
                (.generation(live, 4), .committed),
                (.generation(live, 3), .rejected(.changed(live, generation: 4))),
                (.generation(erased, 1), .rejected(.erased(erased))),
                (.generation(unknown, 1), .rejected(.unknownRecord(unknown))),
                (.exists(live), .committed),
                (.exists(erased), .rejected(.erased(erased))),
                (.exists(unknown), .rejected(.unknownRecord(unknown))),
                (.absent(unknown), .committed),
                (.absent(live), .rejected(.present(live))),
                (.absent(erased), .rejected(.present(erased))),
            ]
            for (expectation, outcome) in expected {
                try bench.same(try await bench.check(expectation), outcome, "\(expectation)")
            }
        },
        ConformanceCheck("a vacant chain holds nobody but those ignored") { bench in
            let chain = Sample.chain(1)
            try bench.same(
                try await bench.check(.vacant(chain, ignoring: [])), .committed, "empty chain")
            try await bench.put(
                Mutation(
                    writes: [.insert(Sample.record(1)), .insert(Sample.record(2))]
                        + [.addToIndex(chain, Sample.id(1)), .addToIndex(chain, Sample.id(2))]))
            let outcome = try await bench.commit(
                Mutation(expectations: [
                    .exists(Sample.id(1)), .vacant(chain, ignoring: [Sample.id(1)]),
                ]))
            try bench.same(
                outcome, [.rejected(.occupied(by: [Sample.id(2)], expectation: 1))], "occupied")
            try bench.same(
                try await bench.check(.vacant(chain, ignoring: [Sample.id(1), Sample.id(2)])),
                .committed, "all ignored")
        },
        ConformanceCheck("a state changes from the version expected") { bench in
            let first = StoredState(name: "policy", version: 1, sealed: [1])
            try await bench.put(
                Mutation(
                    expectations: [.stateVersion(name: "policy", 0)], writes: [.putState(first)]))
            let second = StoredState(name: "policy", version: 2, sealed: [2, 2])
            try bench.same(
                try await bench.check(.stateVersion(name: "policy", 0)),
                .rejected(.stateChanged(name: "policy", version: 1)), "made meanwhile")
            try await bench.put(
                Mutation(
                    expectations: [.stateVersion(name: "policy", 1)], writes: [.putState(second)]))
            try bench.same(try await bench.store.state("policy"), second, "state")
            try bench.same(try await bench.store.state("other"), nil, "no state")
        },
        ConformanceCheck("a replay counts until it expires") { bench in
            let replay = StoredReplay(
                key: Sample.bytes(16, seed: 1), expiresAtSeconds: 100, sealed: [1])
            try await bench.put(
                Mutation(
                    expectations: [.unusedReplay(key: replay.key, nowSeconds: 50)],
                    writes: [.putReplay(replay)]))
            try bench.same(try await bench.store.replay(replay.key), replay, "replay")
            for now: Int64 in [50, 100] {
                try bench.same(
                    try await bench.check(.unusedReplay(key: replay.key, nowSeconds: now)),
                    .rejected(.replay(replay)), "used at \(now)")
            }
            let later = StoredReplay(key: replay.key, expiresAtSeconds: 300, sealed: [2])
            try await bench.put(
                Mutation(
                    expectations: [.unusedReplay(key: replay.key, nowSeconds: 101)],
                    writes: [.putReplay(later)]))
            try bench.same(try await bench.store.replay(replay.key), later, "used anew")
            try await bench.put(Mutation(writes: [.dropReplays(expiredBeforeSeconds: 300)]))
            try bench.same(try await bench.store.replay(replay.key), later, "not expired before")
            try await bench.put(Mutation(writes: [.dropReplays(expiredBeforeSeconds: 301)]))
            try bench.same(try await bench.store.replay(replay.key), nil, "dropped")
        },
    ]
}
