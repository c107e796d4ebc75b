import HTTPTypes
import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records/{id}/consents` and `/objections`: what a person said, as histories.
struct ConsentRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.consents(":id")), use: record)
        router.get(RouterPath(APIPath.consents(":id")), use: consents)
        router.get(RouterPath(APIPath.objections(":id")), use: objections)
        router.put(RouterPath(APIPath.objection(":id", ":purpose")), use: object)
        router.delete(RouterPath(APIPath.objection(":id", ":purpose")), use: lift)
    }

    @Sendable private func record(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(RecordConsent.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try await request.json(within: bodyLimits)
        let written = try await vault.recordConsent(proof, context.recordID(), body)
        return .written(written, status: .created)
    }

    @Sendable private func consents(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadConsents.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        let entries = try await vault.consents(proof, of: id, ticket: ticket)
        return .page(entries.map(\.json))
    }

    @Sendable private func objections(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadConsents.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        let entries = try await vault.objections(proof, of: id, ticket: ticket)
        return .page(entries.map(\.json))
    }

    @Sendable private func object(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(
            RecordObjection.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try await request.json(within: bodyLimits)
        let purpose = try context.parameters.require("purpose")
        return .written(
            try await vault.recordObjection(proof, context.recordID(), to: purpose, body))
    }

    @Sendable private func lift(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(
            RecordObjection.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let purpose = try context.parameters.require("purpose")
        return .written(try await vault.liftObjection(proof, context.recordID(), to: purpose))
    }
}
