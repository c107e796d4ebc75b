import NIOCore
import Synchronization

/// One connection, as the requests that come over it see it.
final class Connection: Sendable {
    /// Who is at the other end.
    let peer: PeerCredentials
    /// What it may do.
    let admission: Admission
    /// Closes the connection at once; from any thread.
    let abort: @Sendable () -> Void

    private let idPrefix: String
    private let sweeper: ConnectionSweeper
    private let state: Mutex<State>

    private struct State {
        var requests: UInt64 = 0
        var user: UserDirectory.Entry?
        var answer: (any DeliverableAnswer)?
    }

    init(
        channel: any Channel, peer: PeerCredentials, admission: Admission,
        sweeper: ConnectionSweeper
    ) {
        self.sweeper = sweeper
        self.peer = peer
        self.admission = admission
        abort = { channel.close(promise: nil) }
        idPrefix = hexadecimal(UInt64.random(in: .min ... .max)) + "-"
        state = Mutex(State())
    }

    /// Counts a request: its id, and what is known of the user, if that still holds.
    func beginRequest() -> (id: String, user: UserIdentity?) {
        let now = sweeper.nowMilliseconds
        let (number, user) = state.withLock { state in
            state.requests += 1
            let user = state.user.flatMap { now < $0.renewAtMilliseconds ? $0.identity : nil }
            return (state.requests, user)
        }
        return (idPrefix + String(number), user)
    }

    /// The id of a request that never reached a route.
    func nextRequestID() -> String {
        idPrefix + String(state.withLock { $0.requests + 1 })
    }

    /// Remembers what is known of the user.
    func note(_ user: UserDirectory.Entry) {
        state.withLock { $0.user = user }
    }

    /// Notes the answer that is being made; requests of a connection are answered one by one.
    func expect(_ answer: some DeliverableAnswer) {
        let previous = state.withLock { state in
            let previous = state.answer
            state.answer = answer
            return previous
        }
        previous?.delivered()
    }

    /// Takes the answer that is about to be written, if anyone waits for it.
    func takeAnswer() -> (any DeliverableAnswer)? {
        state.withLock { state in
            let answer = state.answer
            state.answer = nil
            return answer
        }
    }
}

/// Sixteen digits.
private func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
