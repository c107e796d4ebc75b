import Hummingbird
import Storage
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records/{id}/protection` and `/v1/protections`: whereabouts that are protected, for a time.
struct ProtectionRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.protection(":id")), use: show)
        router.put(RouterPath(APIPath.protection(":id")), use: set)
        router.delete(RouterPath(APIPath.protection(":id")), use: end)
        router.get(RouterPath(APIPath.protections), use: list)
    }

    @Sendable private func show(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        _ = try QueryParameters(request, allowing: [])
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        return .json(try await vault.protection(proof, of: id, ticket: ticket).encoded())
    }

    @Sendable private func set(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        _ = try QueryParameters(request, allowing: [])
        let body = try await request.json(within: bodyLimits)
        return .written(try await vault.protect(proof, context.recordID(), body))
    }

    @Sendable private func end(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        _ = try QueryParameters(request, allowing: [])
        return .written(try await vault.endProtection(proof, context.recordID()))
    }

    /// `?before=TIME`: protections that end before then.
    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await authorize(request, context)
        let query = try QueryParameters(request, allowing: ["before", "limit", "after"])
        guard let before = query["before"].flatMap({ Timestamp.seconds($0) }) else {
            throw QueryParameters.invalid("before", rule: "time")
        }
        let limit =
            try query.integer("limit", in: 1...APILimits.listItems) ?? APILimits.listItemsDefault
        let after = try query.recordID("after")
        let ticket = context.beginAnswer(of: vault)
        let page = try await vault.protections(
            proof, endingBefore: before, after: after, limit: limit, ticket: ticket)
        return .page(next: page.next?.description, capacity: 96 * page.items.count + 64) { writer in
            for item in page.items {
                writer.beginObject()
                writer.member("id", item.id.description)
                writer.name("until")
                if let until = item.untilSeconds {
                    writer.string(Timestamp.text(seconds: until))
                } else {
                    writer.null()
                }
                writer.endObject()
            }
        }
    }

    private func authorize(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Authorized<ProtectRecord> {
        try await vault.authorize(ProtectRecord.self, context.accessRequest(request))
    }
}
