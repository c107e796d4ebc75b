import Storage

extension StoreConformance {
    /// Random groups go to the store and to ``InMemoryStore``; both must answer alike throughout.
    static let randomChecks = (0..<3).map { seed in
        ConformanceCheck("random groups end as they do in memory (seed \(seed))") { bench in
            let model = InMemoryStore()
            var operations = RandomOperations(seed: UInt64(seed))
            for round in 0..<150 {
                let group = operations.group()
                let fails = operations.ledgerFails()
                let seen = try await outcome(bench.store, group, ledgerFails: fails)
                let expected = try await outcome(model, group, ledgerFails: fails)
                try bench.same(seen, expected, "seed \(seed), round \(round)")
            }
            for value in RandomOperations.values {
                for generation in RandomOperations.generations {
                    let chain = Sample.chain(value, generation: generation)
                    try bench.same(
                        try await bench.store.records(in: chain, limit: 1000),
                        try await model.records(in: chain, limit: 1000), "seed \(seed), chain")
                }
            }
            try bench.same(
                try await bench.store.list(after: nil, limit: 1000),
                try await model.list(after: nil, limit: 1000), "seed \(seed), list")
            try bench.same(
                try await bench.store.records(after: nil, limit: 1000),
                try await model.records(after: nil, limit: 1000), "seed \(seed), records")
            try bench.same(
                try await bench.store.auditEntries(after: 0, limit: 10_000),
                try await model.auditEntries(after: 0, limit: 10_000), "seed \(seed), audit")
        }
    }

    private static func outcome(
        _ store: any VaultStore, _ group: [Mutation], ledgerFails: Bool
    ) async throws -> [MutationOutcome]? {
        do {
            return try await store.commit(group, durability: .process) {
                _ throws(StoreError) in
                if ledgerFails { throw .diskFull }
            }.map(\.withoutCode)
        } catch {
            guard error == .diskFull else { throw error }
            return nil
        }
    }
}

/// A sequence of groups that its seed repeats.
private struct RandomOperations {
    static let values: ClosedRange<UInt64> = 1...4
    static let generations: ClosedRange<UInt32> = 6...7
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func ledgerFails() -> Bool {
        UInt8.random(in: 0..<6, using: &random) == 0
    }

    mutating func group() -> [Mutation] {
        (0..<Int.random(in: 1...8, using: &random)).map { _ in mutation() }
    }

    private mutating func mutation() -> Mutation {
        var mutation = Mutation(audit: [LogLeaf(sample: Sample.bytes(8, seed: random.next()))])
        let number = UInt64.random(in: 1...40, using: &random)
        let id = Sample.id(number)
        switch UInt8.random(in: 0..<10, using: &random) {
        case 0...3:
            mutation.expectations = Bool.random(using: &random) ? [.absent(id)] : []
            mutation.writes = [.insert(Sample.record(number)), .addToIndex(chain(), id)]
        case 4:
            mutation.expectations = [.generation(id, UInt64.random(in: 1...3, using: &random))]
            mutation.writes = [.replace(Sample.record(number, generation: 2))]
        case 5...6:
            mutation.expectations = [.vacant(chain(), ignoring: [id])]
            mutation.writes = [.addToIndex(chain(), id)]
        case 7...8:
            mutation.expectations = [.exists(id)]
            mutation.writes = [.removeFromIndex(chain(), id)]
        default:
            mutation.needsLedger = true
            mutation.writes = Self.generations.flatMap { generation in
                Self.values.flatMap { value in
                    // As often as it may have been added.
                    (0..<12).map { _ in
                        .removeFromIndex(Sample.chain(value, generation: generation), id)
                    }
                }
            }
            mutation.writes.append(.erase(id, tombstone: [1]))
        }
        return mutation
    }

    private mutating func chain() -> IndexChain {
        Sample.chain(
            UInt64.random(in: Self.values, using: &random),
            generation: UInt32.random(in: Self.generations, using: &random))
    }
}

extension MutationOutcome {
    /// Stores may give different codes for the same failure.
    fileprivate var withoutCode: MutationOutcome {
        if case .failed = self { .failed(.unexpected(code: 0)) } else { self }
    }
}
