import Hummingbird
import Storage
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records/{id}/holds`: what holds a record back from erasure.
struct HoldRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.holds(":id")), use: list)
        router.put(RouterPath(APIPath.hold(":id", ":name")), use: set)
        router.delete(RouterPath(APIPath.hold(":id", ":name")), use: end)
    }

    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        return .json(try await vault.holds(proof, of: id, ticket: ticket).encoded())
    }

    @Sendable private func set(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let body = try await request.json(within: bodyLimits)
        let name = try context.parameters.require("name")
        return .written(
            try await vault.setHold(proof, context.recordID(), name: name, body))
    }

    @Sendable private func end(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let name = try context.parameters.require("name")
        let ended = try await vault.endHold(proof, context.recordID(), name: name)
        var writer = JSONWriter(capacity: 64 + (ended.certificate?.count ?? 0))
        writer.beginObject()
        writer.member("id", ended.id.description)
        if let version = ended.version { writer.member("version", version) }
        if let certificate = ended.certificate {
            writer.name("certificate")
            writer.fragment(certificate[...])
        }
        writer.endObject()
        return .json(writer.bytes, etag: ended.version)
    }

    private func authorize(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Authorized<ManageHolds> {
        let proof = try await vault.authorize(ManageHolds.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return proof
    }
}
