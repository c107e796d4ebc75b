import Storage
import Synchronization

/// Bounds failed verifications per record over all callers: a masked value must not be guessable.
final class VerifyLimiter: Sendable {
    private struct Window {
        var startSeconds: Int64
        var failures = 0
        var underWay = 0
    }

    private static let windowSeconds: Int64 = 3600
    private static let maximumWindows = 100_000

    private let failuresPerWindow: Int
    private let clock: any WallClock
    private let windows = Mutex<[RecordID: Window]>([:])

    init(failuresPerWindow: Int, clock: any WallClock) {
        self.failuresPerWindow = failuresPerWindow
        self.clock = clock
    }

    /// Takes a place for an attempt before its outcome is known, so that attempts at once can't pass
    /// the bound together.
    func begin(_ record: RecordID) throws(VaultError) {
        let now = clock.nowSeconds
        let retry: Int64? = windows.withLock { windows in
            if windows.count >= Self.maximumWindows {
                windows = windows.filter {
                    $0.value.underWay > 0 || now - $0.value.startSeconds < Self.windowSeconds
                }
            }
            var window = windows[record] ?? Window(startSeconds: now)
            if now - window.startSeconds >= Self.windowSeconds {
                window.startSeconds = now
                window.failures = 0
            }
            guard window.failures + window.underWay < failuresPerWindow else {
                return max(1, window.startSeconds + Self.windowSeconds - now)
            }
            window.underWay += 1
            windows[record] = window
            return nil
        }
        guard let retry else { return }
        var error = VaultError(.tooManyAttempts)
        error.retryAfterSeconds = Int(retry)
        throw error
    }

    /// Gives the place back, and counts a failure.
    func end(_ record: RecordID, isFailure: Bool) {
        windows.withLock { windows in
            windows[record]?.underWay -= 1
            if isFailure { windows[record]?.failures += 1 }
            if let window = windows[record], window.underWay == 0, window.failures == 0 {
                windows[record] = nil
            }
        }
    }
}
