import StrictJSON
import Synchronization
import Verification

/// What is known of the outside witness of the log.
final class LogWitnessing: Sendable {
    /// What the witness last took.
    struct Taken: Sendable, Equatable {
        let head: TreeHead
        let milliseconds: Int64
    }

    private struct State {
        var taken: Taken?
        var failure: String?
        var hasAsked = false
        var triedAtMilliseconds: Int64?
    }

    /// The witness; `nil`: there is none.
    let witness: (any CheckpointWitness)?
    private let intervalMilliseconds: Int64
    private let state = Mutex(State())

    init(witness: (any CheckpointWitness)?, intervalSeconds: Int) {
        self.witness = witness
        intervalMilliseconds = Int64(intervalSeconds) * 1000
    }

    /// What the witness last took.
    var taken: Taken? { state.withLock { $0.taken } }

    /// Why it last failed; `nil`: it did not.
    var failure: String? { state.withLock { $0.failure } }

    /// Whether a checkpoint is due; the next is then due an interval later.
    func begin(at now: Int64) -> Bool {
        state.withLock { state in
            if let tried = state.triedAtMilliseconds, now - tried < intervalMilliseconds,
                now >= tried
            {
                return false
            }
            state.triedAtMilliseconds = now
            return true
        }
    }

    /// Whether the witness has yet to be asked what it holds.
    var mustAsk: Bool { state.withLock { !$0.hasAsked } }

    func noteHeld(_ taken: Taken?) {
        state.withLock { state in
            state.hasAsked = true
            state.taken = taken
        }
    }

    func noteTaken(_ taken: Taken) {
        state.withLock { state in
            state.taken = taken
            state.failure = nil
        }
    }

    func noteFailure(_ code: String?) { state.withLock { $0.failure = code } }

    /// How old the last checkpoint is; infinitely where there is none yet, `nil` without a witness.
    func ageSeconds(at now: Int64) -> Double? {
        guard witness != nil else { return nil }
        return taken.map { Double(max(0, now - $0.milliseconds)) / 1000 } ?? .infinity
    }

    /// The status' member.
    func status(at now: Int64) -> JSONValue {
        var members = [JSONMember("configured", .bool(witness != nil))]
        if let taken {
            members += [
                JSONMember("lastSize", .number(String(taken.head.size))),
                JSONMember("lastAt", .string(Timestamp.text(seconds: taken.milliseconds / 1000))),
                JSONMember(
                    "ageSeconds", .number(String(max(0, now - taken.milliseconds) / 1000))),
            ]
        }
        if let failure { members.append(JSONMember("failure", .string(failure))) }
        return .object(members)
    }
}
