import KeyManagement
import Storage

extension RecordVault {
    /// Every segment that a deep rotation has not reached yet gets a new key, and each of its records new DEKs
    /// and index values; with that the record leaves the old index for the new one.
    ///
    /// How far it is, the segments tell: those it has reached are wrapped under the new KEK.
    func resealRecords(pace: RotationPace) async throws(RotationStop) {
        while true {
            let epoch = keyring.kek.epoch
            let segments = try await reading { () throws(StoreError) in
                try await store.segments()
            }
            let left = segments.filter { $0.epoch != epoch }.map(\.id)
            try enter(.resealRecords, done: segments.count - left.count, total: segments.count)
            guard !left.isEmpty else { break }
            for (done, segment) in left.enumerated() {
                await self.segments.retire(segment)
                let began = ContinuousClock.now
                let records = try await reseal(segment)
                rotation.noteDone(segments.count - left.count + done + 1)
                await configuration.rotationRest(
                    pace.rest(after: began.duration(to: .now), records: records))
            }
        }
        segmentKeys.forgetPrevious()
        // From here on the log's digests are those of resealed rows.
        guard rotation.noteResealed(epoch: keyring.kek.epoch) else { return }
        let entry = rotationEntry(Self.resealedReason)
        try await commitRotation(
            Commit(mutation: Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)])))
    }

    /// The reason of the entry after which rows are other than the entries before it say.
    static var resealedReason: String { "resealed" }

    /// - Returns: How many records.
    private func reseal(_ id: SegmentID) async throws(RotationStop) -> Int {
        for _ in 0..<Self.maximumRounds {
            try checkpoint(.resealRecords)
            let (keyring, use) = (keyring, keyUse)
            // The segment first: what happens to its records after that shows in it, or in their number.
            let found = try await reading { () throws(StoreError) in
                let segment = try await store.segment(id)
                return (segment, try await store.records(store.boxes(in: id).map(\.id)))
            }
            guard let stored = found.0, stored.epoch != keyring.kek.epoch else { return 0 }
            let records = found.1.compactMap { lookup -> StoredRecord? in
                guard case .live(let record) = lookup, record.segment == id else { return nil }
                return record
            }
            let keys = try self.keys { () throws(KeyError) in
                (
                    old: try SegmentKey.open(stored, keyring: keyring),
                    new: try SegmentKey.renew(stored, keyring: keyring, clearsDirt: true)
                )
            }
            var mutation = Mutation(
                expectations: [.segment(stored, recordCount: records.count)],
                writes: [.putSegment(keys.new.stored)])
            for record in records {
                mutation.expectations.append(.generation(record.id, record.generation))
                try reseal(record, from: keys.old, to: keys.new.key, into: &mutation)
            }
            let (commits, cache) = (commits, segmentKeys)
            let result = try await commitRotation(
                Commit(
                    mutation: mutation, keys: use, hasOwnGroup: true,
                    effect: {
                        commits.adopt(keys.new.stored)
                        cache.insert(keys.new.key)
                    }))
            if case .committed = result { return records.count }
        }
        throw .failed(VaultError(.conflict, detail: "segment \(id.number) changes too often"))
    }

    /// A box that doesn't open stays as it is: it is damaged, and named by `check`.
    private func reseal(
        _ stored: StoredRecord, from old: SegmentKey, to segment: SegmentKey,
        into mutation: inout Mutation
    ) throws(RotationStop) {
        let record: OpenRecord
        do throws(VaultError) {
            record = try OpenRecord(stored, key: old, vault: keyring.vault)
        } catch {
            guard error.code == .damaged else { throw .failed(error) }
            return
        }
        do throws(VaultError) {
            let resealed = try RecordResealing(
                of: record, as: segment, keyring: keyring, catalogue: configuration.catalogue)
            mutation.writes.append(.replace(resealed.stored))
            mutation.writes += resealed.chains.map { .addToIndex($0, resealed.stored.id) }
        } catch {
            throw .failed(error)
        }
    }
}

/// How fast a deep rotation may go: what else is asked of the vault comes first.
public struct RotationPace: Sendable, Equatable {
    /// The most records a second; `nil`: half of the time is left to others.
    public let recordsPerSecond: Int?

    /// Half of the time is left to others, and no more records than these are resealed in a second.
    public init(recordsPerSecond: Int? = nil) {
        self.recordsPerSecond = recordsPerSecond
    }

    func rest(after elapsed: Duration, records: Int) -> Duration {
        guard let recordsPerSecond, recordsPerSecond > 0 else { return elapsed }
        return max(elapsed, .seconds(Double(records) / Double(recordsPerSecond)) - elapsed)
    }
}
