import Hummingbird
import NIOCore
import StrictJSON
import Vault
import VaultAPI

/// `/v1/tokens`: what tells services apart that share a uid.
struct TokenRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.tokens), use: list)
        router.post(RouterPath(APIPath.tokens), use: add)
        router.delete(RouterPath(APIPath.token(":name")), use: revoke)
    }

    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageTokens.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        _ = context.beginAnswer(of: vault)
        let tokens = try await vault.tokens(proof)
        return .page(tokens.map(\.json))
    }

    /// The one answer that holds a token.
    @Sendable private func add(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageTokens.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try await request.json(within: bodyLimits)
        let made = try await vault.addToken(proof, body)
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.member("name", made.token.name)
        writer.name("token")
        try made.writeSecret(to: &writer)
        writer.member("version", made.version)
        writer.endObject()
        return .json(
            writer.bytes, status: .created, location: APIPath.token(made.token.name))
    }

    @Sendable private func revoke(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageTokens.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let name = try context.parameters.require("name")
        let version = try await vault.revokeToken(proof, named: name)
        return .json { $0.member("version", version) }
    }
}
