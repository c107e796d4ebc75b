import Hummingbird
import Synchronization
import VaultAPI

/// Answers by one set of routes until it is given another: the sealed vault's, then the open one's.
final class SwitchedAnswering: RequestAnswering {
    typealias Answering = RoutedAnswering<RouterResponder<VaultRequestContext>>

    /// One reference to count, however much an answering holds.
    private final class Shared: Sendable {
        let answering: Answering

        init(_ answering: Answering) { self.answering = answering }
    }

    private let current: Mutex<Shared?>

    init(_ answering: Answering? = nil) {
        current = Mutex(answering.map(Shared.init))
    }

    /// Answers what begins from now on.
    func take(_ answering: Answering) {
        let shared = Shared(answering)
        current.withLock { $0 = shared }
    }

    func answer(_ request: Request, over connection: Connection) async -> Response {
        guard let shared = current.withLock({ $0 }) else {
            return ProblemAnswer.response(to: .init(.notReady))
        }
        return await shared.answering.answer(request, over: connection)
    }
}
