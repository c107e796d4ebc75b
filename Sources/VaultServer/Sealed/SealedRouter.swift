import Hummingbird
import Vault
import VaultAPI

/// All that a vault answers while it waits for its passphrase: health, and the way to open it.
func sealedRouter(_ unseal: UnsealRoute, state: ServerState) -> Router<VaultRequestContext> {
    let router = Router(context: VaultRequestContext.self)
    HealthRoutes(readiness: { .notReady(reason: "sealed") }, state: state).add(to: router)
    unseal.add(to: router)
    router.add(middleware: SealedElsewhere())
    return router
}

/// Refuses what no route takes; it is added after all routes.
private struct SealedElsewhere: RouterMiddleware {
    func handle(
        _ request: Request, context: VaultRequestContext,
        next: (Request, VaultRequestContext) async throws -> Response
    ) async throws -> Response {
        throw Problem(.sealed)
    }
}

/// Nobody is known before the policy can be read, and nobody gets anything.
struct SealedPolicy: CallerPolicy {
    func identify(
        _ token: PresentedToken?, _ request: AccessRequest
    ) async throws(VaultError) -> Caller {
        throw VaultError(.sealed)
    }

    func isStranger(_ caller: Caller) -> Bool { false }

    func countRefusal(of caller: Caller) {}
}
