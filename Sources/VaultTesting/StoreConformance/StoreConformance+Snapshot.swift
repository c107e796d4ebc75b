import Storage

extension StoreConformance {
    static let snapshotChecks = [
        ConformanceCheck("a snapshot shows what was there when it was taken, whatever comes after")
        {
            bench in
            try await fill(bench)
            let snapshot = try await bench.store.snapshot()
            let before = try await SnapshotContents(snapshot)
            try await change(bench)
            try bench.same(try await SnapshotContents(snapshot), before, "the snapshot")
            try bench.same(
                before.records, [1, 2, 3, 5].map { Sample.record($0) }, "records")
            try bench.same(
                before.tombstones, [StoredTombstone(id: Sample.id(4), body: [4])], "tombstones")
            try bench.same(before.audit.map(\.number), Array(1...6), "audit entries")
            try bench.same(before.hashes, before.audit.map(\.leaf.hash), "leaf hashes")
            try bench.same(before.certificates.map(\.number), [1, 2], "certificates")
            try bench.same(
                before.certificates.map(\.certificate),
                [StoredCertificate(entry: 6, body: [40]), StoredCertificate(entry: 9, body: [41])],
                "certificates")
            try bench.same(before.states.map(\.name), ["a", "b"], "states")
            try bench.same(
                before.counts, SnapshotCounts(records: 4, tombstones: 1, certificates: 2), "counts")
            let after = try await bench.store.snapshot()
            let changed = try await SnapshotContents(after)
            try bench.same(changed.audit.count, 8, "audit entries later")
            try bench.same(changed.tombstones.map(\.id), [2, 4].map(Sample.id), "erased later")
            await after.close()
            await snapshot.close()
        },
        ConformanceCheck("a snapshot gives the records of a segment and of ids") { bench in
            try await fill(bench)
            try await bench.put(
                Mutation(writes: [.replace(Sample.record(1, generation: 2, segment: 2))]))
            let snapshot = try await bench.store.snapshot()
            try bench.same(
                try await snapshot.records(in: SegmentID(1)).map(\.id), [2, 3, 5].map(Sample.id),
                "segment 1")
            try bench.same(
                try await snapshot.records(in: SegmentID(2)).map(\.id), [Sample.id(1)],
                "segment 2")
            try bench.same(
                try await snapshot.records([4, 3, 99].map(Sample.id)),
                [.erased(tombstone: [4]), .live(Sample.record(3)), .unknown], "lookups")
            await snapshot.close()
        },
        ConformanceCheck("a closed snapshot refuses") { bench in
            let snapshot = try await bench.store.snapshot()
            await snapshot.close()
            do {
                _ = try await snapshot.segments()
                throw ConformanceFailure(description: "a read after close was answered")
            } catch let error as StoreError {
                try bench.same(error, .closed, "read")
            }
        },
        ConformanceCheck("a tombstone that is carried over refuses the id like any other") {
            bench in
            try await bench.put(
                Mutation(writes: [
                    .putTombstone(StoredTombstone(id: Sample.id(7), body: [7])),
                    .putCertificate(Sample.id(7), StoredCertificate(entry: 0, body: [1])),
                ]))
            try bench.same(
                try await bench.store.record(Sample.id(7)), .erased(tombstone: [7]), "lookup")
            try bench.same(
                try await bench.store.certificates(of: Sample.id(7)),
                [StoredCertificate(entry: 0, body: [1])], "certificates")
            let outcomes = try await bench.commit(
                Mutation(writes: [.insert(Sample.record(7))]),
                Mutation(writes: [.insert(Sample.record(8))]))
            try bench.same(outcomes[1], .committed, "a neighbour")
            guard case .failed = outcomes[0] else {
                throw ConformanceFailure(description: "an erased id lives again")
            }
            let buried = try await bench.commit(
                Mutation(writes: [.putTombstone(StoredTombstone(id: Sample.id(8), body: [8]))]))
            guard case .failed? = buried.first else {
                throw ConformanceFailure(description: "a tombstone beside a live record")
            }
        },
    ]

    private static func fill(_ bench: Bench) async throws {
        try await bench.put(
            Mutation(writes: [.putSegment(Sample.segment(1)), .putSegment(Sample.segment(2))]),
            Mutation(audit: [[1]]), Mutation(audit: [[2]]))
        try await bench.put(
            Mutation(
                writes: (1...5).map { .insert(Sample.record($0)) }
                    + ["b", "a"].map { .putState(StoredState(name: $0, version: 3, sealed: [1])) },
                audit: [[3], [4], [5]]))
        try await bench.put(
            Mutation(
                writes: [
                    .erase(Sample.id(4), tombstone: [4]), .addCertificate(Sample.id(4), [40]),
                    .putCertificate(Sample.id(4), StoredCertificate(entry: 9, body: [41])),
                ], audit: [[6]]))
    }

    private static func change(_ bench: Bench) async throws {
        try await bench.put(Mutation(audit: [[7]]))
        try await bench.put(
            Mutation(
                writes: [
                    .replace(Sample.record(1, generation: 2)),
                    .erase(Sample.id(2), tombstone: [2]), .addCertificate(Sample.id(2), [20]),
                    .insert(Sample.record(6)), .putSegment(Sample.segment(2, generation: 2)),
                    .putState(StoredState(name: "a", version: 4, sealed: [9])),
                ], audit: [[8]]))
    }
}

/// Everything of a snapshot, read two at a time.
struct SnapshotContents: Equatable {
    var segments: [StoredSegment]
    var records: [StoredRecord] = []
    var tombstones: [StoredTombstone] = []
    var states: [StoredState]
    var certificates: [ListedCertificate] = []
    var audit: [AuditEntry] = []
    var hashes: [LeafHash] = []
    var counts: SnapshotCounts

    init(_ snapshot: any StoreSnapshot) async throws {
        segments = try await snapshot.segments()
        states = try await snapshot.states()
        counts = try await snapshot.counts()
        // More than there is means that paging does not end.
        for _ in 0..<20 {
            records += try await snapshot.records(after: records.last?.id, limit: 2)
            tombstones += try await snapshot.tombstones(after: tombstones.last?.id, limit: 2)
            certificates += try await snapshot.certificates(
                after: certificates.last?.number ?? 0, limit: 2)
            audit += try await snapshot.auditEntries(after: audit.last?.number ?? 0, limit: 2)
            hashes += try await snapshot.leafHashes(after: UInt64(hashes.count), limit: 2)
        }
    }
}
