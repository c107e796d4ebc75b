import Storage

extension StoreConformance {
    static let listingChecks = [
        ConformanceCheck("ids are listed in order, page by page, the erased among them") { bench in
            let numbers: [UInt64] = [7, 2, 9, 4, 1, 300, 8]
            let erased: Set<UInt64> = [2, 9, 300]
            for number in numbers {
                try await bench.put(Mutation(writes: [.insert(Sample.record(number))]))
            }
            for number in erased {
                try await bench.put(
                    Mutation(writes: [.erase(Sample.id(number), tombstone: [1])]))
            }
            let expected = numbers.sorted().map {
                ListedRecord(id: Sample.id($0), isErased: erased.contains($0))
            }
            for limit in 1...8 {
                var seen: [ListedRecord] = []
                while true {
                    let page = try await bench.store.list(after: seen.last?.id, limit: limit)
                    try bench.same(page.count <= limit, true, "limit \(limit)")
                    guard !page.isEmpty, seen.count <= expected.count else { break }
                    seen += page
                }
                try bench.same(seen, expected, "list by \(limit)")
            }
        },
        ConformanceCheck("live records are read in order, page by page") { bench in
            let numbers: [UInt64] = [7, 2, 9, 4, 1]
            for number in numbers {
                try await bench.put(Mutation(writes: [.insert(Sample.record(number))]))
            }
            try await bench.put(Mutation(writes: [.erase(Sample.id(4), tombstone: [1])]))
            var seen: [StoredRecord] = []
            while seen.count <= numbers.count {
                let page = try await bench.store.records(after: seen.last?.id, limit: 3)
                guard !page.isEmpty else { break }
                seen += page
            }
            try bench.same(seen, [1, 2, 7, 9].map { Sample.record($0) }, "records")
            try bench.same(
                try await bench.store.records(after: nil, limit: 0), [], "a limit of none")
        },
        ConformanceCheck("counts are those of what is there") { bench in
            try await bench.put(
                Mutation(
                    writes: [.putSegment(Sample.segment(1)), .putSegment(Sample.segment(2))]
                        + (1...3).map { .insert(Sample.record($0)) }
                        + (1...3).map {
                            .addToIndex(Sample.chain($0, generation: 1), Sample.id($0))
                        }
                        + [.addToIndex(Sample.chain(1, generation: 2), Sample.id(1))],
                    audit: [[1], [2]]),
                Mutation(writes: [
                    .removeFromIndex(Sample.chain(3, generation: 1), Sample.id(3)),
                    .erase(Sample.id(3), tombstone: [1]), .markDirty(SegmentID(1), epoch: 1),
                ]))
            var counts = try await bench.store.counts()
            counts.bytesOnDisk = 0
            try bench.same(
                counts,
                StoreCounts(
                    records: 2, tombstones: 1, segments: 2, dirtySegments: 1, indexEntries: 3,
                    auditEntries: 2, bytesOnDisk: 0), "counts")
        },
    ]
}
