import Catalogue
public import Storage

/// A page of a list: what was found, and where the next page begins.
public struct ListPage<Item: Sendable>: Sendable {
    /// What was found.
    public let items: [Item]
    /// The last id that was looked at; `nil` when there is none after it.
    public let next: RecordID?
}

extension RecordVault {
    /// Ids and states, no personal data.
    ///
    /// - Parameter isFiltered: Whether to list those alone whom the purpose may reach now: live, not
    ///   restricted, with a consent that stands, without an objection. A purpose that rests on either
    ///   lists nobody else in any case.
    public func list(
        _ proof: Authorized<ListRecords>, isFiltered: Bool, after id: RecordID?, limit: Int,
        ticket: AnswerTicket
    ) async throws(VaultError) -> ListPage<ListedRecord> {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let opensAll = proof.purpose?.opensEveryRecord ?? true
            let page =
                isFiltered || !opensAll
                ? try await self.reachable(for: proof.purpose, after: id, limit: limit)
                : try await self.all(after: id, limit: limit)
            var entry = AuditRecord(proof)
            entry.count = page.items.count
            return (page, [entry])
        }
    }

    private func all(
        after id: RecordID?, limit: Int
    ) async throws(VaultError) -> ListPage<ListedRecord> {
        let listed = try await stored { () throws(StoreError) in
            try await store.list(after: id, limit: limit)
        }
        return ListPage(items: listed, next: listed.count == limit ? listed.last?.id : nil)
    }

    private func reachable(
        for purpose: Purpose?, after id: RecordID?, limit: Int
    ) async throws(VaultError) -> ListPage<ListedRecord> {
        try await scan(after: id, limit: limit) { record in
            record.obstacle(to: purpose) == nil
                ? ListedRecord(id: record.stored.id, isErased: false) : nil
        }
    }
}
