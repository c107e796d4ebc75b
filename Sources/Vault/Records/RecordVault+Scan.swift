import Storage

extension RecordVault {
    /// The most records that one request opens.
    static var maximumScanned: Int { 10_000 }
    private static var scanPageCount: Int { 250 }

    /// Opens live records in the order of ids, and gathers what `pick` makes of them.
    ///
    /// A record whose box does not open is passed over: nothing can be told of it.
    ///
    /// - Parameters:
    ///   - limit: The most items to gather.
    ///   - maximumScanned: The most records to open: a page may hold fewer items than `limit` though
    ///     there is a next one.
    func scan<Item: Sendable>(
        after id: RecordID?, limit: Int, maximumScanned: Int = RecordVault.maximumScanned,
        _ pick: (borrowing OpenRecord) -> Item?
    ) async throws(VaultError) -> ListPage<Item> {
        var items: [Item] = []
        var last = id
        var scanned = 0
        while true {
            let count = min(Self.scanPageCount, maximumScanned - scanned)
            let page = try await stored { () throws(StoreError) in
                try await store.records(after: last, limit: count)
            }
            for stored in page {
                last = stored.id
                do throws(VaultError) {
                    let record = try await open(stored)
                    if let item = pick(record) { items.append(item) }
                } catch {
                    guard error.code == .damaged else { throw error }
                }
                if items.count == limit { return ListPage(items: items, next: last) }
            }
            scanned += page.count
            if page.count < count { return ListPage(items: items, next: nil) }
            if scanned >= maximumScanned { return ListPage(items: items, next: last) }
            // Others of this thread take their turn.
            await Task.yield()
        }
    }
}
