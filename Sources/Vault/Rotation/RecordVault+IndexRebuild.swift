import KeyManagement
import Storage

extension RecordVault {
    private static var clearCount: Int { 256 }
    private static var pageCount: Int { 256 }
    private static var fillCount: Int { 384 }
    private static var settleCount: Int { 256 }

    /// Fills the index of the new key from the boxes, while its changes are kept back, then carries those
    /// out. It is searched once the rotation is final.
    func rebuildIndex() async throws(RotationStop) {
        let keyring = keyring
        guard let key = keyring.nextIndexKey, try await !isIndexBuilt(for: keyring) else { return }
        try enter(.rebuildIndex)
        let counts = try await reading { () throws(StoreError) in try await store.counts() }
        rotation.noteTotal(counts.records)
        try await commitRotation(
            Commit(
                mutation: Mutation(writes: [.deferIndex(generation: key.generation)]),
                hasOwnGroup: true))
        try await clearIndex(generation: key.generation, step: .rebuildIndex)
        let filled = try await fillIndex(of: key, entries: counts.indexEntries)
        try await settleIndex(of: key, filledFrom: filled)
    }

    func isIndexBuilt(for keyring: Keyring) async throws(RotationStop) -> Bool {
        let stored = try await reading { () throws(StoreError) in
            try await store.state(IndexState.name)
        }
        guard let stored, let key = keyring.nextIndexKey else { return false }
        return try keys { () throws(KeyError) in
            try IndexState.open(stored, vaultBox: vaultBox) == key.generation
        }
    }

    /// Empties what is left of the index before, whose key is destroyed.
    func clearOldIndex() async throws(RotationStop) {
        try enter(.clearOldIndex)
        // Two generations share no table; a rotation that kept its index left the other one empty.
        try await clearIndex(generation: keyring.indexKey.generation + 1, step: .clearOldIndex)
        commits.requestScrub()
    }

    /// In groups of their own, as ``fill(_:generation:)``: in another's they would be synced with it.
    private func clearIndex(generation: UInt32, step: RotationStep) async throws(RotationStop) {
        while try await !reading({ () throws(StoreError) in
            try await store.isIndexEmpty(generation: generation)
        }) {
            try checkpoint(step)
            try await commitRotation(
                Commit(
                    mutation: Mutation(writes: [
                        .clearIndex(generation: generation, limit: Self.clearCount)
                    ]), durability: .process, hasOwnGroup: true))
        }
    }

    private func fillIndex(
        of key: IndexKey, entries: Int
    ) async throws(RotationStop) -> FilledBoxes {
        var partBits = 0
        while entries >> partBits > configuration.indexPartEntries { partBits += 1 }
        var filled = FilledBoxes(partBits: partBits)
        for part in 0..<(1 << partBits) {
            var filler = IndexFiller(
                key: key, vault: keyring.vault, part: part, partBits: partBits)
            try await scan { (box: StoredBox, segment: SegmentKey) throws(KeyError) in
                try filler.add(box, key: segment)
                filled.note(box.place, generation: box.generation, part: part)
            }
            try await fill(filler.sorted(), generation: key.generation)
        }
        return filled
    }

    /// Shows every box, with its segment's key, in the order of places; damaged ones are passed over.
    private func scan(
        _ visit: (StoredBox, SegmentKey) throws(KeyError) -> Void
    ) async throws(RotationStop) {
        var last: RecordPlace?
        var done = 0
        while true {
            try checkpoint(.rebuildIndex)
            let after = last
            let boxes = try await reading { () throws(StoreError) in
                try await store.boxes(after: after, limit: Self.pageCount)
            }
            guard !boxes.isEmpty else { return }
            for box in boxes {
                do throws(KeyError) {
                    try visit(box, await segmentKeys.key(of: box.segment))
                } catch {
                    guard error.code == .keyBoxDamaged || error.code == .segmentKeyDamaged else {
                        throw .failed(VaultError(.notReady, detail: error.description))
                    }
                }
            }
            last = boxes.last?.place
            done += boxes.count
            rotation.noteDone(done)
        }
    }

    /// Not synced: the commit that settles the index syncs all of it, and before that it counts for nothing.
    private func fill(
        _ entries: [IndexFilling], generation: UInt32
    ) async throws(RotationStop) {
        for start in stride(from: 0, to: entries.count, by: Self.fillCount) {
            try checkpoint(.rebuildIndex)
            let slice = entries[start..<min(start + Self.fillCount, entries.count)]
            try await commitRotation(
                Commit(
                    mutation: Mutation(writes: [.fillIndex(generation: generation, Array(slice))]),
                    durability: .process, hasOwnGroup: true))
        }
    }

    /// The last of the changes that were kept back and the word that the index is complete are one
    /// transaction; nothing is kept back from there on.
    private func settleIndex(
        of key: IndexKey, filledFrom boxes: FilledBoxes
    ) async throws(RotationStop) {
        for _ in 0..<Self.maximumAttempts {
            try checkpoint(.rebuildIndex)
            let current = keys.current
            let known = try await reading { () throws(StoreError) in
                try await store.state(IndexState.name)
            }
            let built = try keys { () throws(KeyError) in
                try IndexState.seal(
                    generation: key.generation, version: (known?.version ?? 0) + 1,
                    vaultBox: current.vaultBox)
            }
            let result = try await commitRotation(
                Commit(
                    mutation: Mutation(
                        expectations: [
                            .stateVersion(name: IndexState.name, known?.version ?? 0)
                        ],
                        writes: [
                            .settleIndex(
                                generation: key.generation, filledFrom: boxes, limit: .max),
                            .putState(built),
                        ]), keys: KeyUse(version: current.number), hasOwnGroup: true))
            if case .committed = result { return }
        }
        throw .failed(VaultError(.conflict))
    }
}
