import HTTPTypes
import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/grants`: who holds which role.
struct GrantRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.grants), use: list)
        router.post(RouterPath(APIPath.grants), use: add)
        router.delete(RouterPath(APIPath.grant(":id")), use: revoke)
    }

    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageGrants.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let grants = try await vault.grants(proof)
        return .page(next: nil) { writer in
            for grant in grants { writer.value(grant.json) }
        }
    }

    @Sendable private func add(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageGrants.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try await request.json(within: bodyLimits)
        let (id, version) = try await vault.addGrant(proof, body)
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.member("id", id)
        writer.member("version", version)
        writer.endObject()
        return .json(writer.bytes, status: .created, location: APIPath.grant(id))
    }

    @Sendable private func revoke(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageGrants.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let id = try context.parameters.require("id")
        let version = try await vault.revokeGrant(proof, id: id)
        return .json { $0.member("version", version) }
    }
}
