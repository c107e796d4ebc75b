import Storage
import Synchronization

/// Keeps time alone from destroying anything while the clock can't be believed: it leads the last entry of the
/// log by more than two days. That may be a long silence, or a clock that jumped; a person says which.
final class ClockGuard: Sendable {
    static let maximumLeadMilliseconds: Int64 = 48 * 3_600_000

    /// Whether the clock led the log when the vault was opened: entries since then bear its time.
    private let ledAtStart: Atomic<Bool>

    /// - Parameters:
    ///   - now: The clock at the start.
    ///   - last: The last entry from before; `nil`: there is none.
    init(startedAt now: Int64, lastEntry last: Int64?) {
        ledAtStart = Atomic(Self.leads(now, last))
    }

    /// Whether what is due by time alone must wait.
    func pauses(at now: Int64, lastEntry last: Int64?) -> Bool {
        ledAtStart.load(ordering: .relaxed) || Self.leads(now, last)
    }

    /// A person says that the clock is right.
    func confirm() { ledAtStart.store(false, ordering: .relaxed) }

    private static func leads(_ now: Int64, _ last: Int64?) -> Bool {
        guard let last else { return false }
        return now - last > maximumLeadMilliseconds
    }
}

extension RecordVault {
    /// When the last entry of the log was made, in Unix milliseconds; `nil` where that can't be told.
    static func lastEntryMilliseconds(
        in store: any VaultStore, size: UInt64
    ) async throws(StoreError) -> Int64? {
        guard size > 0 else { return nil }
        let entry = try await store.auditEntries(after: size - 1, limit: 1).first
        guard let entry, !entry.leaf.isExpired else { return nil }
        return LoggedEntry(entry.leaf.entry)?.milliseconds
    }

    /// Whether a rotation that nobody asked for by hand must wait until somebody does.
    func isClockAhead() async throws(VaultError) -> Bool {
        let last = try await stored { () throws(StoreError) in
            try await Self.lastEntryMilliseconds(in: store, size: log.size)
        }
        return clockGuard.pauses(at: clock.nowMilliseconds, lastEntry: last)
    }
}
