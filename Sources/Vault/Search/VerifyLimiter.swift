import Storage
import Synchronization

/// Bounds failed verifications per record over all callers: a masked value must not be guessable.
final class VerifyLimiter: Sendable {
    private struct Attempts {
        /// When those failed that count still, oldest first.
        var failedAtSeconds: [Int64] = []
        var underWay = 0
    }

    private static let windowSeconds: Int64 = 3600
    private static let maximumRecords = 100_000

    private let failuresPerWindow: Int
    private let clock: any WallClock
    private let metrics: VaultMetrics
    private let attempts = Mutex<[RecordID: Attempts]>([:])

    init(
        failuresPerWindow: Int, clock: any WallClock, metrics: VaultMetrics = .unobserved
    ) {
        self.failuresPerWindow = failuresPerWindow
        self.clock = clock
        self.metrics = metrics
    }

    /// Takes a place for an attempt before its outcome is known, so that attempts at once can't pass
    /// the bound together.
    func begin(_ record: RecordID) throws(VaultError) {
        let now = clock.nowSeconds
        let retry: Int64? = attempts.withLock { attempts in
            if attempts.count >= Self.maximumRecords {
                attempts = attempts.filter {
                    $0.value.underWay > 0
                        || $0.value.failedAtSeconds.contains { now - $0 < Self.windowSeconds }
                }
            }
            var known = attempts[record] ?? Attempts()
            known.failedAtSeconds.removeAll { now - $0 >= Self.windowSeconds }
            // A clock that was set back must not close the record until it is there again.
            known.failedAtSeconds = known.failedAtSeconds.map { min($0, now) }
            guard known.failedAtSeconds.count + known.underWay < failuresPerWindow else {
                attempts[record] = known
                let oldest = known.failedAtSeconds.first ?? now - Self.windowSeconds
                return max(1, oldest + Self.windowSeconds - now)
            }
            known.underWay += 1
            attempts[record] = known
            return nil
        }
        guard let retry else { return }
        metrics.noteRefusal(by: .verify)
        var error = VaultError(.tooManyAttempts)
        error.retryAfterSeconds = Int(retry)
        throw error
    }

    /// Counts a failure of before a start.
    func note(failureOf record: RecordID, atSeconds seconds: Int64) {
        attempts.withLock { $0[record, default: Attempts()].failedAtSeconds.append(seconds) }
    }

    /// Gives the place back, and counts a failure.
    func end(_ record: RecordID, isFailure: Bool) {
        let now = clock.nowSeconds
        attempts.withLock { attempts in
            attempts[record]?.underWay -= 1
            if isFailure { attempts[record]?.failedAtSeconds.append(now) }
            if let known = attempts[record], known.underWay == 0, known.failedAtSeconds.isEmpty {
                attempts[record] = nil
            }
        }
    }
}
