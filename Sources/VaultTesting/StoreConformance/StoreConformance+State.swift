import Storage

extension StoreConformance {
    static let stateChecks = [
        ConformanceCheck("segments are kept, marked and listed by number") { bench in
            for number: UInt32 in [3, 1, 2] {
                try await bench.put(Mutation(writes: [.putSegment(Sample.segment(number))]))
            }
            try await bench.put(
                Mutation(writes: [
                    .markDirty(SegmentID(2), epoch: 1), .markDirty(SegmentID(2), epoch: 3),
                ]))
            var dirty = Sample.segment(2)
            dirty.dirtySince = 3
            try bench.same(
                try await bench.store.segments(), [Sample.segment(1), dirty, Sample.segment(3)],
                "segments")
            let renewed = Sample.segment(2, generation: 2)
            try await bench.put(Mutation(writes: [.putSegment(renewed)]))
            try bench.same(try await bench.store.segment(SegmentID(2)), renewed, "renewed")
            try bench.same(try await bench.store.segment(SegmentID(9)), nil, "no segment")
        },
        ConformanceCheck("a segment's records are counted wherever they come from") { bench in
            try await bench.put(
                Mutation(writes: (1...4).map { .insert(Sample.record($0, segment: 1)) }))
            try await bench.put(
                Mutation(writes: [
                    .replace(Sample.record(1, generation: 2, segment: 2)),
                    .erase(Sample.id(2), tombstone: [1]),
                ]))
            for (segment, count) in [(1, 2), (2, 1), (3, 0)] {
                try bench.same(
                    try await bench.store.recordCount(in: SegmentID(UInt32(segment))), count,
                    "segment \(segment)")
            }
        },
        ConformanceCheck("a segment is expected as it was read, with so many records") { bench in
            let segment = Sample.segment(1)
            try await bench.put(
                Mutation(writes: [.putSegment(segment), .insert(Sample.record(1, segment: 1))]))
            var changed = segment
            changed.dirtySince = 2
            let cases: [(StoredSegment, Int?, Bool)] = [
                (segment, nil, true), (segment, 1, true), (segment, 0, false),
                (segment, 2, false), (changed, nil, false), (Sample.segment(2), nil, false),
                (Sample.segment(1, generation: 2), 1, false),
            ]
            for (place, (segment, count, stands)) in cases.enumerated() {
                let outcomes = try await bench.commit(
                    Mutation(
                        expectations: [.segment(segment, recordCount: count)],
                        writes: [
                            .putState(StoredState(name: "s", version: UInt64(place), sealed: [1]))
                        ]))
                try bench.same(
                    outcomes, [stands ? .committed : .rejected(.segmentChanged(segment.id))],
                    "case \(place)")
            }
        },
        ConformanceCheck("boxes are listed by place, and sealed anew alone") { bench in
            try await bench.put(
                Mutation(
                    writes: [3, 1, 2].map { .insert(Sample.record($0, segment: $0 == 2 ? 9 : 1)) }))
            try await bench.put(
                Mutation(writes: [
                    .erase(Sample.id(3), tombstone: [1]), .reseal(Sample.id(1), box: [7, 7]),
                ]))
            let all = try await bench.store.boxes(after: nil, limit: 9)
            try bench.same(all.map(\.id), [Sample.id(1), Sample.id(2)], "all")
            try bench.same(all.first?.box, [7, 7], "sealed anew")
            try bench.same(all.first?.generation, Sample.record(1).generation, "generation")
            try bench.same(
                try await bench.store.boxes(after: all.first?.place, limit: 9).map(\.id),
                [Sample.id(2)], "after the first")
            try bench.same(try await bench.store.boxes(after: nil, limit: 1).count, 1, "limit")
            try bench.same(
                try await bench.store.boxes(in: SegmentID(9)).map(\.id), [Sample.id(2)],
                "of a segment")
            guard case .live(let record) = try await bench.store.record(Sample.id(1)) else {
                throw ConformanceFailure(description: "not there")
            }
            try bench.same(record.fields, Sample.record(1).fields, "its fields stay")
        },
        ConformanceCheck("certificates outlive their record, oldest first") { bench in
            try await bench.put(
                Mutation(
                    writes: [
                        .insert(Sample.record(1)), .addCertificate(Sample.id(1), [1]),
                        .addCertificate(Sample.id(2), [9]),
                    ], audit: [[1]]))
            _ = try await bench.commit(
                Mutation(audit: [[2]]),
                Mutation(
                    writes: [
                        .erase(Sample.id(1), tombstone: [1]), .addCertificate(Sample.id(1), [2]),
                    ], audit: [[3], [4]]))
            try bench.same(
                try await bench.store.certificates(of: Sample.id(1)),
                [StoredCertificate(entry: 1, body: [1]), StoredCertificate(entry: 3, body: [2])],
                "certificates")
            try bench.same(try await bench.store.certificates(of: Sample.id(3)), [], "none")
        },
        ConformanceCheck("a closed store refuses") { bench in
            await bench.store.close()
            do {
                _ = try await bench.store.record(Sample.id(1))
                throw ConformanceFailure(description: "a read after close was answered")
            } catch let error as StoreError {
                try bench.same(error, .closed, "read")
            }
            do {
                _ = try await bench.commit(Mutation(audit: [[1]]))
                throw ConformanceFailure(description: "a commit after close was answered")
            } catch let error as StoreError {
                try bench.same(error, .closed, "commit")
            }
        },
        ConformanceCheck("sync and scrub succeed when nobody is in the way") { bench in
            try await bench.put(Mutation(writes: [.insert(Sample.record(1))]))
            try await bench.store.sync()
            try bench.same(try await bench.store.scrub(), true, "scrub")
            try bench.same(
                try await bench.store.record(Sample.id(1)), .live(Sample.record(1)), "record")
        },
    ]

    static let auditChecks = [
        ConformanceCheck("audit numbers have no gap, whatever was refused") { bench in
            var expected: [AuditEntry] = []
            for round in UInt8(0)..<20 {
                let outcomes = try await bench.commit(
                    Mutation(audit: [[round, 1], [round, 2]]),
                    Mutation(expectations: [.exists(Sample.id(1))], audit: [[round, 3]]),
                    Mutation(
                        writes: round % 3 == 0 ? [.replace(Sample.record(1))] : [],
                        audit: [[round, 4]]),
                    Mutation(audit: [[round, 5]]))
                for (outcome, entries) in zip(outcomes, [[1, 2], [3], [4], [5]] as [[UInt8]])
                where outcome == .committed {
                    for entry in entries {
                        expected.append(
                            AuditEntry(
                                number: UInt64(expected.count + 1),
                                leaf: LogLeaf(sample: [round, entry])))
                    }
                }
            }
            var seen: [AuditEntry] = []
            while seen.count <= expected.count {
                let page = try await bench.store.auditEntries(
                    after: seen.last?.number ?? 0, limit: 7)
                guard !page.isEmpty else { break }
                seen += page
            }
            try bench.same(seen, expected, "audit entries")
            for after in [0, 1, 2, expected.count - 1, expected.count] {
                try bench.same(
                    try await bench.store.leafHashes(after: UInt64(after), limit: 9),
                    expected.dropFirst(after).prefix(9).map(\.leaf.hash), "hashes after \(after)")
            }
        },
        ConformanceCheck("expired entries leave their hashes, whatever group they were in") {
            bench in
            var expected: [AuditEntry] = []
            for group in UInt8(0)..<12 {
                let entries = (0..<(1 + group % 4)).map { [group, $0] }
                try await bench.put(
                    Mutation(
                        writes: group % 2 == 0 ? [.insert(Sample.record(UInt64(group)))] : [],
                        audit: entries.map { LogLeaf(sample: $0) }))
                for entry in entries {
                    let number = UInt64(expected.count + 1)
                    expected.append(AuditEntry(number: number, leaf: LogLeaf(sample: entry)))
                }
            }
            // Within a group, over some, the same again, nothing, and up to the last but one.
            for (after, through) in [(0, 1), (1, 9), (4, 11), (11, 11), (9, expected.count - 1)] {
                try await bench.put(
                    Mutation(writes: [
                        .expireAuditEntries(after: UInt64(after), through: UInt64(through))
                    ]))
                for place in after..<through { expected[place].leaf.entry = [] }
                let seen = try await bench.store.auditEntries(after: 0, limit: 100)
                try bench.same(seen, expected, "entries after expiry of \(after) to \(through)")
                try bench.same(
                    try await bench.store.leafHashes(after: 0, limit: 100),
                    expected.map(\.leaf.hash), "hashes")
            }
        },
    ]
}
