import HTTPTypes
import Hummingbird
import VaultAPI

/// Answers what no route takes: 405 with `Allow` where the path has routes for other methods, else
/// 404. It is added after all routes, and so stands before the router's own answer alone.
struct UnknownRoute: RouterMiddleware {
    typealias Context = VaultRequestContext

    private let routes: [(pattern: [Substring], method: HTTPRequest.Method)]

    init(after router: Router<VaultRequestContext>) {
        routes = router.routes.map { route in
            (route.path.description.split(separator: "/"), route.method)
        }
    }

    func handle(
        _ request: Request, context: VaultRequestContext,
        next: (Request, VaultRequestContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.split(separator: "/")
        let methods = routes.filter { matches($0.pattern, path) }.map(\.method.rawValue)
        guard !methods.isEmpty else { throw Problem(.noSuchRoute) }
        var fields = HTTPFields()
        fields.append(.allow, methods.sorted().joined(separator: ", "))
        throw AnsweredProblem(problem: Problem(.methodNotAllowed), fields: fields)
    }

    private func matches(_ pattern: [Substring], _ path: [Substring]) -> Bool {
        pattern.count == path.count
            && zip(pattern, path).allSatisfy { $0.first == "{" || $0.first == ":" || $0 == $1 }
    }
}

/// A problem whose answer has header fields of its own.
struct AnsweredProblem: Error {
    let problem: Problem
    let fields: HTTPFields
}
