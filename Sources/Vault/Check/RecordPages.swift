import Storage

/// Goes through all ids of a store; what can't be read is told apart, and hides nothing else.
struct RecordPages {
    struct Entry {
        let id: RecordID
        /// What the store answers; `nil` when it contradicts itself there.
        let lookup: RecordLookup?
    }

    private static let pageCount = 500

    private let store: any VaultStore
    private var last: RecordID?

    init(_ store: any VaultStore) {
        self.store = store
    }

    /// The next page in the order of ids; empty at the end.
    mutating func next() async throws(StoreError) -> [Entry] {
        let ids = try await store.list(after: last, limit: Self.pageCount).map(\.id)
        last = ids.last ?? last
        do throws(StoreError) {
            return zip(ids, try await store.records(ids)).map { Entry(id: $0, lookup: $1) }
        } catch {
            guard case .corrupt = error else { throw error }
        }
        var entries: [Entry] = []
        for id in ids { entries.append(Entry(id: id, lookup: try await lookUp(id))) }
        return entries
    }

    private func lookUp(_ id: RecordID) async throws(StoreError) -> RecordLookup? {
        do throws(StoreError) {
            return try await store.record(id)
        } catch {
            guard case .corrupt = error else { throw error }
            return nil
        }
    }
}
