import Storage

extension StoreConformance {
    static let chainChecks = [
        ConformanceCheck("equal values stand side by side in a chain") { bench in
            let chain = Sample.chain(1)
            try await bench.put(
                Mutation(
                    writes: (1...5).map { .insert(Sample.record($0)) }
                        + (1...5).map { .addToIndex(chain, Sample.id($0)) }))
            try bench.same(try await bench.standing(in: chain), [1, 2, 3, 4, 5], "added")
            try bench.same(
                try await bench.store.records(in: chain, limit: 2).map(\.id),
                [Sample.id(1), Sample.id(2)], "limited")
            try bench.same(
                try await bench.store.records(in: chain, limit: 9).last, Sample.record(5), "whole")
            try bench.same(try await bench.standing(in: Sample.chain(2)), [], "another value")
        },
        ConformanceCheck("the last of a chain fills the place of who leaves") { bench in
            let chain = Sample.chain(1)
            try await bench.put(
                Mutation(
                    writes: (1...5).map { .insert(Sample.record($0)) }
                        + (1...5).map { .addToIndex(chain, Sample.id($0)) }))
            try await bench.put(Mutation(writes: [.removeFromIndex(chain, Sample.id(2))]))
            try bench.same(try await bench.standing(in: chain), [1, 5, 3, 4], "from the middle")
            try await bench.put(
                Mutation(writes: [.removeFromIndex(chain, Sample.id(1))]),
                Mutation(writes: [.removeFromIndex(chain, Sample.id(3))]),
                Mutation(writes: [.addToIndex(chain, Sample.id(2))]))
            try bench.same(try await bench.standing(in: chain), [4, 5, 2], "thrice in one group")
            try await bench.put(Mutation(writes: [.removeFromIndex(chain, Sample.id(2))]))
            try bench.same(try await bench.standing(in: chain), [4, 5], "the last")
            try await bench.put(Mutation(writes: [.removeFromIndex(chain, Sample.id(2))]))
            try bench.same(try await bench.standing(in: chain), [4, 5], "who isn't there")
            try await bench.put(
                Mutation(writes: [4, 5].map { .removeFromIndex(chain, Sample.id($0)) }))
            try bench.same(try await bench.standing(in: chain), [], "all")
        },
        ConformanceCheck("a long chain stays without a gap") { bench in
            let chain = Sample.chain(1)
            let count: UInt64 = 70
            var standing: [UInt64] = []
            var random = SeededRandom(seed: 11)
            for number in 1...count {
                try await bench.put(
                    Mutation(writes: [
                        .insert(Sample.record(number)), .addToIndex(chain, Sample.id(number)),
                    ]))
                standing.append(number)
                try bench.same(try await bench.standing(in: chain), standing, "after \(number)")
            }
            while let leaving = standing.randomElement(using: &random) {
                try await bench.put(
                    Mutation(writes: [.removeFromIndex(chain, Sample.id(leaving))]))
                standing.replace(leaving)
                try bench.same(try await bench.standing(in: chain), standing, "less \(leaving)")
            }
        },
        ConformanceCheck("an index is filled while its changes are kept back") { bench in
            let (old, next) = (Sample.chain(1, generation: 4), Sample.chain(1, generation: 5))
            let both = { (id: RecordID) -> [Write] in
                [.addToIndex(old, id), .addToIndex(next, id)]
            }
            try await bench.put(
                Mutation(
                    writes: (1...3).flatMap {
                        [.insert(Sample.record($0)), .addToIndex(old, Sample.id($0))]
                    } + [.insert(Sample.record(4))]))
            try await bench.put(Mutation(writes: [.deferIndex(generation: 5)]))
            // 1 is erased, 2 leaves the value before its box is read, 3 after; 4 takes it, 5 comes new.
            try await bench.put(
                Mutation(writes: [.replace(Sample.record(4, generation: 2))] + both(Sample.id(4))))
            try await bench.put(
                Mutation(writes: [
                    .replace(Sample.record(2, generation: 2)),
                    .removeFromIndex(old, Sample.id(2)), .removeFromIndex(next, Sample.id(2)),
                ]))
            let boxes = try await bench.store.boxes(after: nil, limit: 9)
            try await bench.put(
                Mutation(writes: [
                    .removeFromIndex(old, Sample.id(1)), .removeFromIndex(next, Sample.id(1)),
                    .erase(Sample.id(1), tombstone: [1]),
                ]))
            try await bench.put(
                Mutation(writes: [
                    .replace(Sample.record(3, generation: 2)),
                    .removeFromIndex(old, Sample.id(3)), .removeFromIndex(next, Sample.id(3)),
                ]))
            try await bench.put(
                Mutation(writes: [.insert(Sample.record(5))] + both(Sample.id(5))))
            _ = try await bench.commit(
                Mutation(writes: both(Sample.id(4)) + [.markDirty(SegmentID(99), epoch: 1)]))
            let filled = boxes.filter { $0.id != Sample.id(2) }
            try await bench.put(
                Mutation(writes: [
                    .fillIndex(
                        generation: 5,
                        filled.enumerated().map { occurrence, box in
                            IndexFilling(tag: next.tag(UInt32(occurrence)), place: box.place)
                        }.sorted { $0.tag < $1.tag })
                ]))
            var noted = FilledBoxes(partBits: 0)
            for box in boxes { noted.note(box.place, generation: box.generation, part: 0) }
            let from = noted
            try bench.same(try await bench.standing(in: next), [3, 4], "filled")
            for _ in 0..<3 {
                try await bench.put(
                    Mutation(writes: [.settleIndex(generation: 5, filledFrom: from, limit: 2)]))
            }
            try bench.same(try await bench.standing(in: next), [4, 5], "settled")
            try bench.same(try await bench.standing(in: old).sorted(), [4, 5], "the old one")
            try await bench.put(
                Mutation(writes: [.insert(Sample.record(6))] + both(Sample.id(6))))
            try bench.same(try await bench.standing(in: next).sorted(), [4, 5, 6], "at once now")
        },
        ConformanceCheck("index generations lie apart and are cleared apart") { bench in
            try await bench.put(
                Mutation(
                    writes: [.insert(Sample.record(1))]
                        + (UInt32(4)...5).map {
                            .addToIndex(Sample.chain(1, generation: $0), Sample.id(1))
                        }))
            for generation in UInt32(4)...5 {
                let tag = Sample.tag(1, generation: generation, occurrence: 0)
                try bench.same(
                    try await bench.store.indexEntries(
                        generation: generation, after: nil, limit: 9),
                    [IndexEntry(tag: tag, record: Sample.id(1))], "generation \(generation)")
            }
            try bench.same(try await bench.store.isIndexEmpty(generation: 4), false, "filled")
            try await bench.put(Mutation(writes: [.clearIndex(generation: 4, limit: 100)]))
            try bench.same(try await bench.store.isIndexEmpty(generation: 4), true, "cleared")
            try bench.same(
                try await bench.standing(in: Sample.chain(1, generation: 4)), [], "cleared")
            try bench.same(
                try await bench.standing(in: Sample.chain(1, generation: 5)), [1], "kept")
        },
        ConformanceCheck("index entries are paged in the order of unsigned tags") { bench in
            let tags: [UInt64] = [0, 1, 5, 1 << 62, 1 << 63, (1 << 63) + 1, .max - 1, .max]
            try await bench.put(Mutation(writes: [.insert(Sample.record(1))]))
            for tag in tags.reversed() {
                // A chain of this tag alone: what follows it is taken by nobody.
                let chain = IndexChain(generation: 2) { $0 == 0 ? tag : tag ^ 0x0F0F_0F0F }
                try await bench.put(Mutation(writes: [.addToIndex(chain, Sample.id(1))]))
            }
            var seen: [UInt64] = []
            while true {
                let page = try await bench.store.indexEntries(
                    generation: 2, after: seen.last, limit: 3)
                guard !page.isEmpty else { break }
                seen += page.map(\.tag)
                guard seen.count <= tags.count else { break }
            }
            try bench.same(seen, tags, "tags")
        },
    ]
}

extension Bench {
    /// The numbers of the records in a chain, in order.
    func standing(in chain: IndexChain) async throws -> [UInt64] {
        try await store.records(in: chain, limit: 1000).map { $0.id.low & ~(1 << 63) }
    }
}

extension [UInt64] {
    /// What a chain does when one leaves.
    mutating func replace(_ leaving: UInt64) {
        guard let place = firstIndex(of: leaving), let last = popLast(), place < count else {
            return
        }
        self[place] = last
    }
}
