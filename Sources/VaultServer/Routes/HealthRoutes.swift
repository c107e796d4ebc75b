import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/healthz` and `/readyz`: for anyone who can open the socket.
struct HealthRoutes: Sendable {
    let readiness: @Sendable () -> Readiness
    let state: ServerState

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.health), use: health)
        router.get(RouterPath(APIPath.ready), use: ready)
    }

    /// The process lives and answers.
    @Sendable private func health(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        .json { $0.member("status", "ok") }
    }

    /// The vault would serve.
    @Sendable private func ready(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        if state.isDraining { throw Problem(.notReady, detail: "draining") }
        switch readiness() {
        case .ready: return .json { $0.member("status", "ready") }
        case .notReady(let reason): throw Problem(.notReady, detail: reason)
        }
    }
}
