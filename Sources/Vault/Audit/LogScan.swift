import Storage

/// What a scan of the audit log looks for.
protocol LogVisitor: Sendable {
    /// Takes the next entry; `false` ends the scan.
    mutating func visit(_ entry: AuditEntry) throws(VaultError) -> Bool
}

/// Reads the audit log from the front, a page at a time; it never holds more than one page.
///
/// The log has no index: a scan reads every entry, so that its cost is that of the log's size, whatever
/// is looked for: about 3 µs an entry for a history, 4 µs where each is hashed (docs/PERFORMANCE.md).
struct LogScan {
    /// Entries in a page: a few megabytes, and read before anybody who waits for the reader would mind.
    static let pageEntries = 10_000

    let store: any VaultStore
    var pageEntries = Self.pageEntries

    /// Shows a visitor the entries with numbers above `number`, up to and including `last`.
    ///
    /// - Returns: the visitor with what it found.
    /// - Throws: what the visitor throws; what the store's errors are to a caller.
    func run<Visitor: LogVisitor>(
        _ visitor: Visitor, after number: UInt64, through last: UInt64
    ) async throws(VaultError) -> Visitor {
        // A scan takes longer than the connections that share an event loop can wait.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            () async throws(VaultError) -> Visitor in
            var (visitor, number) = (visitor, number)
            while number < last {
                let page = try await page(after: number, through: last)
                guard let end = page.last?.number else { break }
                for entry in page where try !visitor.visit(entry) { return visitor }
                number = end
            }
            return visitor
        }
    }

    private func page(
        after number: UInt64, through last: UInt64
    ) async throws(VaultError) -> [AuditEntry] {
        let limit = Int(min(UInt64(pageEntries), last - number))
        do throws(StoreError) {
            return try await store.auditEntries(after: number, limit: limit)
        } catch {
            throw VaultError(error)
        }
    }
}
