import Storage
import Verification

extension RecordVault {
    /// Drops the audit entries whose retention is over, but for their hashes: the tree still verifies.
    ///
    /// What is about to be dropped is logged before, and synced: an entry that is gone without such a word
    /// was taken. Then slices of ``expirySlice`` entries each have a commit of their own, so that others
    /// go on in between. What an interruption leaves is done the next time.
    ///
    /// Nothing is dropped while the clock is doubted: then a person has to confirm it.
    ///
    /// - Returns: How many were dropped.
    @discardableResult
    func expireAuditEntries() async throws(VaultError) -> UInt64 {
        let now = clock.nowMilliseconds
        let cutoff = now - Int64(configuration.auditRetentionDays) * Self.dayMilliseconds
        // The newest entry stays.
        let end = max(log.head.size, 1) - 1
        let first = try await firstNumber(upTo: end) { !$0.leaf.isExpired }
        let last = try await LogScan(store: store).run(
            ExpiryScan(from: first, cutoffMilliseconds: cutoff), after: first - 1, through: end
        ).end
        guard first < last else { return 0 }
        let run = DestructionRun(what: .auditEntries, count: Int(clamping: last - first))
        guard var permit = try await permit(run) else { return 0 }
        try await announceExpiry(of: first..<last)
        var after = first - 1
        while after < last - 1 {
            let through = min(after + Self.expirySlice, last - 1)
            try await drop(after: after, through: through, within: &permit)
            after = through
        }
        commits.requestScrub()
        return last - first
    }

    /// When an entry was made, in Unix milliseconds; an expired one long ago; `nil` where that can't be read.
    fileprivate static func time(of entry: AuditEntry) -> Int64? {
        if entry.leaf.isExpired { return .min }
        return entry.leaf.isWhole ? LoggedEntry(entry.leaf.entry)?.milliseconds : nil
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    /// The operation of the entry that says up to which number (`generation`) entries were dropped, and how
    /// many (`count`).
    static let expiryOperation = "expire-bodies"
    private static let expirySlice: UInt64 = 4096

    private func announceExpiry(of numbers: Range<UInt64>) async throws(VaultError) {
        var entry = AuditRecord(
            caller: .current, requestID: "maintenance", purpose: nil,
            operation: Self.expiryOperation)
        entry.generation = numbers.upperBound - 1
        entry.count = numbers.count
        try await committed(
            Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]))
    }

    private func drop(
        after: UInt64, through: UInt64, within permit: inout PermittedDestruction
    ) async throws(VaultError) {
        guard permit.take(Int(clamping: through - after)) else { throw VaultError(.internal) }
        try await committed(
            Mutation(writes: [.expireAuditEntries(after: after, through: through)]))
    }

    private func committed(_ mutation: Mutation) async throws(VaultError) {
        switch await commits.commit([Commit(mutation: mutation, usesReserve: true)])[0] {
        case .committed: return
        case .failed(let error): throw VaultError(error)
        case .rejected, .policyChanged, .recordChanged, .keysChanged: throw VaultError(.internal)
        }
    }

    /// The number of the first entry for which `isBehind` holds, by halving: entries stand nearly in the
    /// order of their times. One that can't be read is taken for the next that can.
    ///
    /// - Returns: One more than `end` where there is none.
    private func firstNumber(
        from start: UInt64 = 1, upTo end: UInt64, _ isBehind: (AuditEntry) -> Bool?
    ) async throws(VaultError) -> UInt64 {
        var (low, high) = (start, end + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let page = try await stored { () throws(StoreError) in
                try await store.auditEntries(after: middle - 1, limit: Self.expiryPage)
            }
            var isHigh = true
            for entry in page {
                guard let known = isBehind(entry) else { continue }
                isHigh = known
                break
            }
            if isHigh {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    private static let expiryPage = 16
}

/// Finds where the entries end whose retention is over: before the first that is younger, wherever a clock
/// that once stood wrong put others behind it. Only an entry that is what was hashed tells a time; others go
/// with what follows them.
struct ExpiryScan: LogVisitor {
    let cutoffMilliseconds: Int64
    /// One more than the number of the last entry to drop.
    private(set) var end: UInt64

    init(from first: UInt64, cutoffMilliseconds: Int64) {
        end = first
        self.cutoffMilliseconds = cutoffMilliseconds
    }

    mutating func visit(_ entry: AuditEntry) -> Bool {
        guard let time = RecordVault.time(of: entry) else { return true }
        guard time < cutoffMilliseconds else { return false }
        end = entry.number + 1
        return true
    }
}
