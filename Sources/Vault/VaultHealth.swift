import Storage
import Synchronization

/// Whether the store takes commits, and why not.
final class VaultHealth: Sendable {
    private let failure = Mutex<StoreError?>(nil)

    /// What is wrong now; `nil`: nothing.
    var current: StoreError? { failure.withLock { $0 } }

    /// Notes an error of a commit. One whose outcome is unknown stays until the process ends; one that
    /// concerns a single operation is not noted.
    func note(_ error: StoreError) {
        switch error {
        case .diskFull, .notWritable, .outcomeUnknown, .closed:
            failure.withLock { if $0 != .outcomeUnknown { $0 = error } }
        default: break
        }
    }

    /// Notes what became of a group that was committed.
    func note(_ outcomes: [MutationOutcome]) {
        for case .failed(let error) in outcomes where error == .diskFull || error == .notWritable {
            return note(error)
        }
        failure.withLock { if $0 != .outcomeUnknown { $0 = nil } }
    }
}
