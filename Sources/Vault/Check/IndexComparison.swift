import Storage

/// Compares the blind index with what the key boxes say should stand in it.
struct IndexComparison {
    private static let pageCount = 10_000

    private struct Expected {
        let chain: IndexChain
        var records: Set<RecordID>
        var count: Int
    }

    /// By the tag of occurrence 0.
    private var chains: [UInt64: Expected] = [:]

    mutating func expect(_ record: RecordID, in chain: IndexChain) {
        let tag = chain.tag(0)
        chains[tag, default: Expected(chain: chain, records: [], count: 0)].count += 1
        chains[tag]?.records.insert(record)
    }

    /// Every expected occurrence must stand there, with a record that should, and nothing beside.
    func compare(
        with store: any VaultStore, generation: UInt32, report: inout VaultCheck.Report
    ) async throws {
        var found: [UInt64: RecordID] = [:]
        var last: UInt64?
        while true {
            let page = try await store.indexEntries(
                generation: generation, after: last, limit: Self.pageCount)
            guard !page.isEmpty else { break }
            for entry in page { found[entry.tag] = entry.record }
            last = page.last?.tag
        }
        for expected in chains.values {
            report.indexEntries += expected.count
            for occurrence in 0..<UInt32(expected.count) {
                let record = found.removeValue(forKey: expected.chain.tag(occurrence))
                guard let record, expected.records.contains(record) else {
                    report.findings.append(
                        VaultCheck.Finding(
                            kind: "index-missing",
                            place: "one of \(expected.count) entries of "
                                + (expected.records.min().map { "record \($0)" } ?? "a record")))
                    continue
                }
            }
        }
        if !found.isEmpty {
            report.findings.append(
                VaultCheck.Finding(kind: "index-surplus", place: "\(found.count) entries"))
        }
    }
}
