import HTTPTypes
import Hummingbird
import Logging
import Vault
import VaultAPI

/// Answers requests by the routes, and turns whatever fails into a problem.
struct RoutedAnswering<Responder: HTTPResponder>: RequestAnswering
where Responder.Context == VaultRequestContext {
    let responder: Responder
    let users: UserDirectory
    let state: ServerState
    let metrics: ServerMetrics
    let strangers: StrangerLimiter
    let policy: any CallerPolicy
    let logger: Logger

    func answer(_ request: Request, over connection: Connection) async -> Response {
        let began = ServerMetrics.nowNanoseconds
        let (requestID, known) = connection.beginRequest()
        let user = await user(known, of: connection, asking: request)
        var context = VaultRequestContext(
            source: VaultRequestContext.Source(
                logger: logger, connection: connection, requestID: requestID,
                caller: connection.peer.caller(user)))
        var response: Response
        do {
            try admit(request)
            if !isHealth(request) { context.caller = try await caller(of: request, context) }
            response = try await responder.respond(to: request, context: context)
        } catch {
            response = answer(to: error, context)
        }
        response.headers.append(.aittaRequestID, requestID)
        metrics.noteRequest(
            context.endpointPath, request.method, status: response.status.code,
            nanoseconds: ServerMetrics.nowNanoseconds - began)
        return response
    }

    /// Health is answered even while the user database is not.
    private func user(
        _ known: UserIdentity?, of connection: Connection, asking request: Request
    ) async -> UserIdentity {
        if let known { return known }
        if isHealth(request) { return .unknown }
        let entry = await users.entry(for: connection.peer.uid)
        connection.note(entry)
        return entry.identity
    }

    private func isHealth(_ request: Request) -> Bool {
        let path = request.uri.path
        return path == APIPath.health || path == APIPath.ready
    }

    /// The caller, under its token where it presents one: its grants apply in place of the uid's.
    private func caller(
        of request: Request, _ context: VaultRequestContext
    ) async throws -> Caller {
        guard let token = request.headers[.presentedToken] else {
            try limit(context.caller)
            return context.caller
        }
        let caller: Caller
        do throws(VaultError) {
            caller = try await policy.identify(
                PresentedToken(text: token), context.accessRequest(request))
        } catch {
            try limit(context.caller)
            throw error
        }
        try limit(caller)
        return caller
    }

    private func admit(_ request: Request) throws(Problem) {
        if state.isDraining, request.uri.path != APIPath.health {
            throw Problem(.notReady, detail: "draining")
        }
    }

    /// Whoever has no grant gets little more than health: so few requests that refusing them costs those who
    /// have one nothing.
    private func limit(_ caller: Caller) throws(AnsweredProblem) {
        guard policy.isStranger(caller) else { return }
        guard !strangers.admit(caller.uid) else { return }
        policy.countRefusal(of: caller)
        var fields = HTTPFields()
        fields.append(.retryAfter, "1")
        throw AnsweredProblem(problem: Problem(.tooManyRequests), fields: fields)
    }

    private func answer(to error: any Error, _ context: VaultRequestContext) -> Response {
        var fields = HTTPFields()
        var problem: Problem
        switch error {
        case let refusal as Problem: problem = refusal
        case let refusal as AnsweredProblem:
            problem = refusal.problem
            fields = refusal.fields
        case let failure as VaultError:
            problem = Problem(failure)
            if let seconds = failure.retryAfterSeconds {
                fields.append(.retryAfter, String(seconds))
            }
        default: problem = .internalError
        }
        metrics.noteRefusal(problem)
        if problem.status == 500 { report(error, problem, context) }
        problem.requestID = context.requestID
        return ProblemAnswer.response(to: problem, adding: fields)
    }

    /// The log gets the code and the type of an error, never its description, which may hold
    /// values, and the route's template, never the path.
    private func report(_ error: any Error, _ problem: Problem, _ context: VaultRequestContext) {
        logger.error(
            "a request failed",
            metadata: [
                "code": .string(problem.code),
                "errorType": .string(String(describing: type(of: error))),
                "requestId": .string(context.requestID),
                "route": .string(context.endpointPath ?? "none"),
            ])
    }
}
