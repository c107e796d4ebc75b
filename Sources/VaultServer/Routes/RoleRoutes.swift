import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/roles`: what each role allows.
struct RoleRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.roles), use: list)
        router.get(RouterPath(APIPath.role(":name")), use: show)
        router.put(RouterPath(APIPath.role(":name")), use: set)
        router.delete(RouterPath(APIPath.role(":name")), use: delete)
    }

    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRoles.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let roles = vault.roles(proof)
        return .page(roles.map(\.json))
    }

    @Sendable private func show(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRoles.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let (role, former) = try vault.role(proof, named: context.parameters.require("name"))
        return .json { writer in
            writer.member("role", role?.json ?? .null)
            writer.member("former", .array(former.map(\.json)))
        }
    }

    /// `?preview=true` shows what the change would open and close, and makes none.
    @Sendable private func set(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageRoles.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["preview"])
        guard query["preview"] == nil || query["preview"] == "true" else {
            throw QueryParameters.invalid("preview", rule: "true")
        }
        let name = try context.parameters.require("name")
        let body = try await request.json(within: bodyLimits)
        if query["preview"] != nil {
            let difference = try await vault.previewRole(proof, named: name, body)
            return .json(difference.json.encoded())
        }
        let (version, difference) = try await vault.setRole(proof, named: name, body)
        return .json { writer in
            writer.member("version", version)
            for member in difference.json.members ?? [] { writer.member(member.name, member.value) }
        }
    }

    @Sendable private func delete(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageRoles.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let version = try await vault.deleteRole(
            proof, named: context.parameters.require("name"))
        return .json { $0.member("version", version) }
    }
}
