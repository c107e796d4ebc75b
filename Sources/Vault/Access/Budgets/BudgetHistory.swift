import Storage

/// Counts from the log what was seen and destroyed in the hour before a start, so that a restart renews no budget
/// and no verification.
struct BudgetHistory: LogVisitor {
    private static let touching: Set<String> = Set(
        [
            OperationKind.read, .search, .verify, .update, .erase, .recordConsent,
            .recordObjection, .readConsents, .restrict, .protect, .hold,
        ].map(\.rawValue))

    let budgets: AccessBudgets
    let verifyLimiter: VerifyLimiter
    let sinceMilliseconds: Int64
    let namedUIDs: Set<UInt32>

    func visit(_ entry: AuditEntry) -> Bool {
        guard entry.leaf.isWhole, let logged = LoggedEntry(entry.leaf.entry),
            logged.milliseconds >= sinceMilliseconds,
            logged.outcome != VaultError.Code.overBudget.rawValue
        else { return true }
        let seconds = logged.milliseconds / 1000
        let principal = BudgetPrincipal(
            token: logged.token, uid: logged.uid,
            isNamed: logged.user != nil || namedUIDs.contains(logged.uid))
        if Self.touching.contains(logged.operation) {
            // Each query of a search leaves one entry with a count, whatever it found.
            let isSearch = logged.operation == OperationKind.search.rawValue && logged.count != nil
            if logged.record != nil || isSearch {
                budgets.note(logged.record, isSearch: isSearch, by: principal, at: seconds)
            }
        }
        if logged.destroysKeys {
            budgets.note(nil, isErasure: true, by: principal, at: seconds)
        }
        if logged.outcome == VaultError.Code.duplicate.rawValue {
            budgets.note(nil, isSearch: true, by: principal, at: seconds)
        }
        if logged.operation == OperationKind.verify.rawValue, logged.reason == "no-match",
            let record = logged.record
        {
            verifyLimiter.note(failureOf: record, atSeconds: seconds)
        }
        return true
    }
}

extension LoggedEntry {
    /// Whether somebody destroyed keys, by an erasure or by removing a value. What the vault carries out by
    /// itself, from the ledger, has no purpose; an erasure that found nothing left has no certificate.
    fileprivate var destroysKeys: Bool {
        guard outcome == AuditRecord.success, purpose != nil else { return false }
        switch operation {
        case OperationKind.erase.rawValue: return digest != nil
        case OperationKind.update.rawValue: return reason == AuditRecord.valueRemoved
        default: return false
        }
    }
}

extension RecordVault {
    /// Counts what was seen in the last hour; before anybody is served.
    func loadBudgets() async throws(VaultError) {
        let since = clock.nowMilliseconds - BudgetUse.windowSeconds * 1000
        let size = log.size
        let first = try await firstEntry(since: since, size: size)
        _ = try await LogScan(store: store).run(
            BudgetHistory(
                budgets: budgets, verifyLimiter: verifyLimiter, sinceMilliseconds: since,
                namedUIDs: authoriser.policy.namedUIDs),
            after: first - 1, through: size)
    }

    /// Finds where the last hour begins. Times in the log are nearly, but not quite, in order: a page
    /// of entries before is counted, too, each by its own time.
    func firstEntry(
        since milliseconds: Int64, size: UInt64
    ) async throws(VaultError) -> UInt64 {
        var (low, high) = (UInt64(1), size + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let entry = try await stored { () throws(StoreError) in
                try await store.auditEntries(after: middle - 1, limit: 1)
            }
            guard let leaf = entry.first?.leaf else { return 1 }
            // What can't be read tells no time: the search goes on before it, and counts more.
            let isBefore =
                leaf.isExpired
                || LoggedEntry(leaf.entry).map { $0.milliseconds < milliseconds } ?? false
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low > UInt64(LogScan.pageEntries) ? low - UInt64(LogScan.pageEntries) : 1
    }
}
