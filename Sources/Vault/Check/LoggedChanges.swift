import Storage

/// The last generation of each record's key box that the audit log knows: a row put back together
/// with its box is older than it.
struct LoggedGenerations {
    private static let pageCount = 10_000
    private static let writing: Set<String> = [
        OperationKind.create.rawValue, OperationKind.update.rawValue, OperationKind.erase.rawValue,
    ]

    private var generations: [RecordID: UInt64] = [:]

    init(_ store: any VaultStore) async throws {
        var last: UInt64 = 0
        while true {
            let page = try await store.auditEntries(after: last, limit: Self.pageCount)
            guard let end = page.last else { return }
            for entry in page { note(entry) }
            last = end.number
        }
    }

    subscript(id: RecordID) -> UInt64? { generations[id] }

    private mutating func note(_ entry: AuditEntry) {
        guard let entry = LoggedEntry(entry.body), entry.outcome == "ok",
            Self.writing.contains(entry.operation), let id = entry.record,
            let generation = entry.generation
        else { return }
        generations[id] = max(generations[id] ?? 0, generation)
    }
}
