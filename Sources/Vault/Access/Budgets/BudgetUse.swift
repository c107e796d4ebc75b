import Storage

/// What one principal has seen in the last hour: distinct records, and searches.
struct BudgetUse {
    static let windowSeconds: Int64 = 3600
    private static let slotSeconds: Int64 = 60

    /// When each record was last seen; those of longer ago are dropped once room is wanted.
    private var records: [RecordID: Int64] = [:]
    /// No record is older than this.
    private var oldestRecord = Int64.max
    /// Searches in each minute, the newest last.
    private var searches: [(minute: Int64, count: Int)] = []
    /// Searches under way that may yet tell nothing.
    private(set) var reserved = 0
    private(set) var lastUse: Int64 = 0

    /// Counts a record; `nil` once it is, or how many seconds to wait.
    mutating func take(_ record: RecordID, limit: Int, at now: Int64) -> Int64? {
        begin(at: now)
        if let seen = records[record], now - seen < Self.windowSeconds {
            records[record] = now
            return nil
        }
        guard hasRecordRoom(limit: limit, at: now) else { return wait(since: oldestRecord, now) }
        note(record, at: now)
        return nil
    }

    /// Whether one more record may be seen.
    mutating func hasRecordRoom(limit: Int, at now: Int64) -> Bool {
        begin(at: now)
        if records.count >= limit, now - oldestRecord >= Self.windowSeconds {
            records = records.filter { now - $0.value < Self.windowSeconds }
            oldestRecord = records.values.min() ?? .max
        }
        return records.count < limit
    }

    /// How many seconds until a record may be seen again that wasn't.
    func waitForRecords(at now: Int64) -> Int64 { wait(since: oldestRecord, now) }

    /// Counts a record that was seen before a restart.
    mutating func note(_ record: RecordID, at seconds: Int64) {
        guard records.count < Budgets.maximumCount else { return }
        records[record] = max(records[record] ?? .min, seconds)
        oldestRecord = min(oldestRecord, seconds)
        lastUse = max(lastUse, seconds)
    }

    /// Reserves a search; `nil` once it is, or how many seconds to wait.
    mutating func reserveSearch(limit: Int, at now: Int64) -> Int64? {
        begin(at: now)
        searches.removeAll { now - $0.minute * Self.slotSeconds >= Self.windowSeconds }
        guard searches.reduce(reserved, { $0 + $1.count }) < limit else {
            return wait(since: searches.first.map { $0.minute * Self.slotSeconds } ?? .max, now)
        }
        reserved += 1
        return nil
    }

    /// Ends a reservation: it counts if something was told.
    mutating func endSearch(counts: Bool, at now: Int64) {
        reserved -= 1
        if counts { noteSearch(at: now) }
    }

    /// Counts a search.
    mutating func noteSearch(at seconds: Int64) {
        let minute = seconds / Self.slotSeconds
        lastUse = max(lastUse, seconds)
        if let last = searches.indices.last, searches[last].minute >= minute {
            searches[last].count += 1
        } else {
            searches.append((minute, 1))
        }
    }

    /// What was seen ahead of a clock that was set back counts as seen now: else it would count until the
    /// clock is there again.
    private mutating func begin(at now: Int64) {
        defer { lastUse = now }
        guard now < lastUse - Self.slotSeconds else { return }
        records = records.mapValues { min($0, now) }
        oldestRecord = min(oldestRecord, now)
        let minute = now / Self.slotSeconds
        let ahead = searches.reduce(0) { $1.minute > minute ? $0 + $1.count : $0 }
        searches.removeAll { $0.minute > minute }
        if ahead > 0 { searches.append((minute, ahead)) }
    }

    private func wait(since seconds: Int64, _ now: Int64) -> Int64 {
        guard seconds <= now else { return Self.windowSeconds }
        return max(1, seconds + Self.windowSeconds - now)
    }
}
