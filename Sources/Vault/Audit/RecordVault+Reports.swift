public import Storage

extension RecordVault {
    /// What was done with a record, oldest first. An id that no record has, or had, has no history; one
    /// that was erased keeps it: neither ids nor entries are personal data.
    ///
    /// It scans the log (``LogScan``) until the page is full, at worst all of it. The look at it is in the
    /// log as well, before the answer, and not in the history.
    ///
    /// - Parameters:
    ///   - number: The entry after which to begin; 0 for the first page.
    ///   - limit: The most entries in the page, at least 1.
    public func history(
        _ proof: Authorized<ReadAudit>, of record: RecordID, view: HistoryView,
        after number: UInt64, limit: Int
    ) async throws(VaultError) -> RecordHistory {
        var entry = AuditRecord(proof, record: record)
        entry.reason = "history-\(view.rawValue)"
        try await append(entry)
        return try await LogScan(store: store).run(
            RecordHistory(of: record, view: view, limit: limit), after: number, through: log.size)
    }
}
