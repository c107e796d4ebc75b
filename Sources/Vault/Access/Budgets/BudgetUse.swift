import Storage

/// What one principal has seen and destroyed in the last hour: distinct records, searches, erasures.
struct BudgetUse {
    static let windowSeconds = HourlyTally.windowSeconds

    /// When each record was last seen; those of longer ago are dropped once room is wanted.
    private var records: [RecordID: Int64] = [:]
    /// No record is older than this.
    private var oldestRecord = Int64.max
    private var searches = HourlyTally()
    private var erasures = HourlyTally()
    private(set) var lastUse: Int64 = 0

    /// Searches under way that may yet tell nothing.
    var searchesReserved: Int { searches.reserved }
    /// Whether anything is under way.
    var isUnderWay: Bool { searches.reserved > 0 || erasures.reserved > 0 }

    /// Counts a record; `nil` once it is, or how many seconds to wait.
    mutating func take(_ record: RecordID, limit: Int, at now: Int64) -> Int64? {
        begin(at: now)
        if let seen = records[record], now - seen < Self.windowSeconds {
            records[record] = now
            return nil
        }
        guard hasRecordRoom(limit: limit, at: now) else { return waitForRecords(at: now) }
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
    func waitForRecords(at now: Int64) -> Int64 { HourlyTally.wait(since: oldestRecord, now) }

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
        return searches.reserve(limit: limit, at: now)
    }

    /// Ends a search's reservation: it counts if something was told.
    mutating func endSearch(counts: Bool, at now: Int64) {
        searches.end(counts: counts, at: now)
        if counts { lastUse = max(lastUse, now) }
    }

    /// Counts a search.
    mutating func noteSearch(at seconds: Int64) {
        searches.note(at: seconds)
        lastUse = max(lastUse, seconds)
    }

    /// Reserves an erasure; `nil` once it is, or how many seconds to wait.
    mutating func reserveErasure(limit: Int, at now: Int64) -> Int64? {
        begin(at: now)
        return erasures.reserve(limit: limit, at: now)
    }

    /// Ends an erasure's reservation: it counts if keys were destroyed.
    mutating func endErasure(counts: Bool, at now: Int64) {
        erasures.end(counts: counts, at: now)
        if counts { lastUse = max(lastUse, now) }
    }

    /// Counts an erasure.
    mutating func noteErasure(at seconds: Int64) {
        erasures.note(at: seconds)
        lastUse = max(lastUse, seconds)
    }

    /// What was seen ahead of a clock that was set back counts as seen now: else it would count until the
    /// clock is there again.
    private mutating func begin(at now: Int64) {
        defer { lastUse = now }
        guard now < lastUse - HourlyTally.slotSeconds else { return }
        records = records.mapValues { min($0, now) }
        oldestRecord = min(oldestRecord, now)
        searches.setBack(to: now)
        erasures.setBack(to: now)
    }
}
