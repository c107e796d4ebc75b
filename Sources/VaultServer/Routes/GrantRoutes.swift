import HTTPTypes
import Hummingbird
import Storage
import StrictJSON
import Vault
import VaultAPI

/// `/v1/grants`: who holds which role.
struct GrantRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits
    let users: UserDirectory

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.grants), use: list)
        router.post(RouterPath(APIPath.grants), use: add)
        router.get(RouterPath(APIPath.grantExplanation), use: explain)
        router.post(RouterPath(APIPath.grantConfirmation), use: confirm)
        router.delete(RouterPath(APIPath.grant(":id")), use: revoke)
    }

    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageGrants.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        _ = context.beginAnswer(of: vault)
        let grants = try await vault.grants(proof)
        return .page(grants.map(\.json))
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

    @Sendable private func explain(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRoles.self, context.accessRequest(request))
        let query = try QueryParameters(
            request, allowing: ["principal", "operation", "field", "purpose", "record"])
        guard let principal = query["principal"].flatMap({ Principal(resolving: $0) }) else {
            throw QueryParameters.invalid("principal", rule: "principal")
        }
        guard let operation = OperationKind(rawValue: query["operation"] ?? "read") else {
            throw QueryParameters.invalid("operation", rule: "operation")
        }
        let record = query["record"].map { RecordID($0) }
        if case .some(.none) = record { throw QueryParameters.invalid("record", rule: "uuid") }
        let caller = await vault.caller(standingFor: principal) { uid in
            await users.entry(for: uid).identity.groups
        }
        let question = AccessQuestion(
            caller: caller, operation: operation, field: query["field"],
            purpose: query["purpose"])
        let ticket = context.beginAnswer(of: vault)
        let explanation = try await vault.explain(
            proof, question, record: record ?? nil, ticket: ticket)
        return .json(explanation.json.encoded())
    }

    @Sendable private func confirm(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ManageGrants.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let (version, confirmed) = try await vault.confirmGrants(proof)
        return .json { writer in
            writer.member("version", version)
            writer.member("confirmed", confirmed)
        }
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
