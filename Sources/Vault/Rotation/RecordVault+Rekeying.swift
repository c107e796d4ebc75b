import KeyManagement
import Storage

extension RecordVault {
    static var maximumRounds: Int { 1000 }
    private static var rewrapCount: Int { 256 }

    /// Every dirty segment gets a new key: boxes that were removed stay under the old one, which ends with
    /// the old KEK.
    ///
    /// A mark of before the new epoch goes with it, but only where the index is made anew too: else the next
    /// rotation would not know that it has to.
    func rekeySegments() async throws(RotationStop) {
        let dirty = try await dirtySegments()
        try enter(.rekeySegments, total: dirty.count)
        for (done, segment) in dirty.enumerated() {
            await segments.retire(segment)
            try await rekey(segment)
            rotation.noteDone(done + 1)
        }
    }

    private func dirtySegments() async throws(RotationStop) -> [SegmentID] {
        try await reading { () throws(StoreError) in try await store.segments() }
            .filter(\.isDirty).map(\.id)
    }

    /// Changes of the segment's records meanwhile come first: then it is read again. Not synced: the
    /// final keyring sees to that, and what is lost before is done again.
    private func rekey(_ id: SegmentID) async throws(RotationStop) {
        for _ in 0..<Self.maximumRounds {
            try checkpoint(.rekeySegments)
            let use = keyUse
            let found = try await reading { () throws(StoreError) in
                (try await store.segment(id), try await store.boxes(in: id))
            }
            guard let stored = found.0 else { return }
            let renewed = try keys { () throws(KeyError) in
                (
                    old: try SegmentKey.open(stored, keyring: keyring),
                    new: try SegmentKey.renew(
                        stored, keyring: keyring, clearsDirt: keyring.nextIndexKey != nil)
                )
            }
            var mutation = Mutation(
                expectations: [.segment(stored, recordCount: found.1.count)],
                writes: [.putSegment(renewed.new.stored)])
            for box in found.1 {
                mutation.expectations.append(.generation(box.id, box.generation))
                // A box that doesn't open stays as it is: it is damaged, and named by `check`.
                if let sealed = try reseal(box, from: renewed.old, to: renewed.new.key) {
                    mutation.writes.append(.reseal(box.id, box: sealed))
                }
            }
            let (commits, cache) = (commits, segmentKeys)
            let result = try await commitRotation(
                Commit(
                    mutation: mutation, keys: use, durability: .process, hasOwnGroup: true,
                    effect: {
                        commits.adopt(renewed.new.stored)
                        cache.insert(renewed.new.key)
                    }))
            if case .committed = result { return }
        }
        throw .failed(VaultError(.conflict, detail: "segment \(id.number) changes too often"))
    }

    private func reseal(
        _ box: StoredBox, from old: SegmentKey, to new: SegmentKey
    ) throws(RotationStop) -> [UInt8]? {
        let place = KeyBox.Place(
            vault: keyring.vault, record: box.id, segment: box.segment,
            generation: box.generation)
        do throws(KeyError) {
            return try KeyBox.reseal(box.box, at: place, from: old, to: new)
        } catch {
            guard error.code == .keyBoxDamaged else {
                throw .failed(VaultError(.notReady, detail: error.description))
            }
            return nil
        }
    }

    /// Wraps every segment key under the new KEK: the part of a rotation that grows with the vault.
    func rewrapSegments() async throws(RotationStop) {
        var isFirst = true
        for _ in 0..<Self.maximumRounds {
            let epoch = keyring.kek.epoch
            let left = try await reading { () throws(StoreError) in try await store.segments() }
                .filter { $0.epoch != epoch }
            if isFirst { try enter(.rewrapSegments, total: left.count) }
            isFirst = false
            guard !left.isEmpty else { return segmentKeys.forgetPrevious() }
            for start in stride(from: 0, to: left.count, by: Self.rewrapCount) {
                try checkpoint(.rewrapSegments)
                try await rewrap(left[start..<min(start + Self.rewrapCount, left.count)])
                rotation.noteDone(min(start + Self.rewrapCount, left.count))
            }
        }
        throw .failed(VaultError(.conflict, detail: "segments change too often"))
    }

    private func rewrap(_ stored: ArraySlice<StoredSegment>) async throws(RotationStop) {
        let use = keyUse
        var mutations: [Commit] = []
        for segment in stored {
            let rewrapped = try keys { () throws(KeyError) in
                try SegmentKey.rewrap(segment, keyring: keyring)
            }
            mutations.append(
                Commit(
                    mutation: Mutation(
                        expectations: [.segment(segment, recordCount: nil)],
                        writes: [.putSegment(rewrapped)]),
                    keys: use, usesReserve: true))
        }
        for case .failed(let error) in await commits.commit(mutations) {
            throw .failed(VaultError(error))
        }
    }
}
