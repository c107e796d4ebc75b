import NIOCore
import VaultAPI

/// Deadlines. What happens only notes its time; the sweeper asks whether anything is overdue.
extension ConnectionHandler {
    /// Bytes arrived; the first of a request start its deadline.
    func noteBytes() {
        let now = sweeper.nowMilliseconds
        lastActivity = now
        if !isReading {
            isReading = true
            requestBegan = now
        }
    }

    /// Closes the connection if one of its deadlines has passed.
    func closeIfOverdue(_ now: Int64) {
        guard let context else { return }
        if now >= closesAt || isAnswerOverdue(now) || isIdleTooLong(now) {
            context.close(promise: nil)
        } else if isRequestOverdue(now) {
            refuse(Problem(.timeout))
        }
    }

    /// A request that waits behind unanswered ones is not late by its client's fault; its time
    /// counts from the last answer.
    private func isRequestOverdue(_ now: Int64) -> Bool {
        guard case .serving = phase, isReading, unanswered == 0 else { return false }
        return now - requestBegan >= Int64(limits.requestDeadlineSeconds) * 1000
    }

    private func isAnswerOverdue(_ now: Int64) -> Bool {
        undelivered > 0 && now - answerBegan >= Int64(limits.responseDeadlineSeconds) * 1000
    }

    /// A connection of the reserve may not be kept waiting.
    private func isIdleTooLong(_ now: Int64) -> Bool {
        guard unanswered == 0, undelivered == 0, !isReading else { return false }
        let seconds =
            connection.admission == .full ? limits.idleSeconds : limits.requestDeadlineSeconds
        return now - lastActivity >= Int64(seconds) * 1000
    }
}
