import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records/{id}/restriction`: processing of a record, restricted.
struct RestrictionRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.restriction(":id")), use: show)
        router.put(RouterPath(APIPath.restriction(":id")), use: set)
        router.delete(RouterPath(APIPath.restriction(":id")), use: lift)
    }

    @Sendable private func show(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        return .json(try await vault.restriction(proof, of: id, ticket: ticket).encoded())
    }

    @Sendable private func set(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let body = try await request.json(within: bodyLimits)
        return .written(try await vault.restrict(proof, context.recordID(), body))
    }

    @Sendable private func lift(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        return .written(try await vault.liftRestriction(proof, context.recordID()))
    }

    private func authorize(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Authorized<RestrictProcessing> {
        let proof = try await vault.authorize(
            RestrictProcessing.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return proof
    }
}
