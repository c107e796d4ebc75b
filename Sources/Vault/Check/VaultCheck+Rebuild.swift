import KeyManagement
import Storage

extension VaultCheck {
    /// Makes the blind index anew from the key boxes.
    ///
    /// - Returns: How many entries it has.
    public func rebuildIndex(progress: (Int) -> Void = { _ in }) async throws -> Int {
        for generation in keyring.searchedIndexes.map(\.generation) {
            while try await !store.isIndexEmpty(generation: generation) {
                try await commit([.clearIndex(generation: generation, limit: 10_000)])
            }
        }
        var pages = RecordPages(store)
        var count = 0
        var records = 0
        while true {
            let page = try await pages.next()
            guard !page.isEmpty else { return count }
            var writes: [Write] = []
            for entry in page {
                guard case .live(let stored) = entry.lookup,
                    let record = try await openUnlessDamaged(stored)
                else { continue }
                let index = keyring.index(of: record.segment)
                for place in 0..<record.box.indexValueCount {
                    guard let entry = try record.box.indexValue(place) else { continue }
                    writes.append(.addToIndex(index.chain(of: entry.value), stored.id))
                }
            }
            try await commit(writes)
            count += writes.count
            records += page.count
            progress(records)
        }
    }

    private func commit(_ writes: [Write]) async throws {
        let outcomes = try await store.commit(
            [Mutation(writes: writes)], durability: .power
        ) { _ throws(StoreError) in }
        guard outcomes == [.committed] else { throw StoreError.corrupt(place: "blind_index") }
    }
}
