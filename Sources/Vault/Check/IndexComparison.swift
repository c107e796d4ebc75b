import Storage

/// Compares the blind index with what the key boxes say should stand in it.
struct IndexComparison {
    private static let pageCount = 10_000

    private struct Expected {
        let chain: IndexChain
        /// How often each record should stand in the chain.
        var records: [RecordID: Int] = [:]
        var count = 0

        mutating func add(_ record: RecordID) {
            count += 1
            records[record, default: 0] += 1
        }
    }

    /// By the index's generation and the tag of occurrence 0.
    private var chains: [UInt32: [UInt64: Expected]] = [:]

    mutating func expect(_ record: RecordID, in chain: IndexChain) {
        let tag = chain.tag(0)
        chains[chain.generation, default: [:]][tag, default: Expected(chain: chain)]
            .add(record)
    }

    /// Every expected occurrence must stand there, each record as often as it should, and nothing
    /// beside.
    ///
    /// - Parameter allowsSurplus: Whether others may stand there too, between those that are expected.
    func compare(
        with store: any VaultStore, generation: UInt32, allowsSurplus: Bool = false,
        report: inout VaultCheck.Report
    ) async throws {
        let chains = chains[generation] ?? [:]
        report.indexEntries += chains.values.reduce(0) { $0 + $1.count }
        guard var found = try await entries(of: store, generation: generation) else {
            guard !allowsSurplus else { return }
            return report.note("index-surplus", "entries of records that are not there")
        }
        for expected in chains.values {
            var missing = expected.records
            var occurrence: UInt32 = 0
            while occurrence < expected.count || allowsSurplus {
                let record = found.removeValue(forKey: expected.chain.tag(occurrence))
                // A chain has no holes.
                if allowsSurplus, record == nil { break }
                occurrence += 1
                guard let record, let count = missing[record], count > 0 else { continue }
                missing[record] = count - 1
            }
            for record in missing.filter({ $0.value > 0 }).keys.sorted() {
                report.note("index-missing", "an entry of record \(record)")
            }
        }
        if !found.isEmpty, !allowsSurplus { report.note("index-surplus", "\(found.count) entries") }
    }

    /// What stands in the index; `nil` when an entry's record is not there.
    private func entries(
        of store: any VaultStore, generation: UInt32
    ) async throws(StoreError) -> [UInt64: RecordID]? {
        var found: [UInt64: RecordID] = [:]
        var last: UInt64?
        while true {
            let page: [IndexEntry]
            do throws(StoreError) {
                page = try await store.indexEntries(
                    generation: generation, after: last, limit: Self.pageCount)
            } catch {
                guard case .corrupt = error else { throw error }
                return nil
            }
            guard !page.isEmpty else { return found }
            for entry in page { found[entry.tag] = entry.record }
            last = page.last?.tag
        }
    }
}
