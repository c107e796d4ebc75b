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
    let logger: Logger

    func answer(_ request: Request, over connection: Connection) async -> Response {
        let (requestID, known) = connection.beginRequest()
        let context = VaultRequestContext(
            source: VaultRequestContext.Source(
                logger: logger, connection: connection, requestID: requestID,
                user: await user(known, of: connection, asking: request)))
        var response: Response
        do {
            try admit(request)
            response = try await responder.respond(to: request, context: context)
        } catch {
            response = answer(to: error, context)
        }
        response.headers.append(.aittaRequestID, requestID)
        return response
    }

    /// Health is answered even while the user database is not.
    private func user(
        _ known: UserIdentity?, of connection: Connection, asking request: Request
    ) async -> UserIdentity {
        if let known { return known }
        let path = request.uri.path
        if path == APIPath.health || path == APIPath.ready { return .unknown }
        let entry = await users.entry(for: connection.peer.uid)
        connection.note(entry)
        return entry.identity
    }

    /// No token is known yet, so none is valid.
    private func admit(_ request: Request) throws(Problem) {
        if request.headers.contains(.authorization) { throw Problem(.badToken) }
        if state.isDraining, request.uri.path != APIPath.health {
            throw Problem(.notReady, detail: "draining")
        }
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
