import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records` and what lies below it, but for erasure.
struct RecordRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.records), use: create)
        router.get(RouterPath(APIPath.records), use: list)
        router.get(RouterPath(APIPath.record(":id")), use: read)
        router.patch(RouterPath(APIPath.record(":id")), use: update)
        router.post(RouterPath(APIPath.verify(":id")), use: verify)
        router.get(RouterPath(APIPath.contacts(":id")), use: contacts)
    }

    @Sendable private func create(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(
            CreateRecord.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let key = try request.idempotencyKey()
        let bytes = try await request.jsonBytes(within: bodyLimits)
        let body = try JSONParser.parse(bytes, within: bodyLimits)
        let written = try await vault.create(
            proof, body, idempotencyKey: key, digest: key == nil ? [] : Array(buffer: bytes))
        let id = written.id.description
        var writer = JSONWriter(capacity: 64)
        writer.written(written)
        return .json(
            writer.bytes, status: .created, etag: written.version, location: APIPath.record(id))
    }

    /// `?purpose=` is a purpose like that of the header, and lists those alone whom it may reach now.
    @Sendable private func list(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let query = try QueryParameters(request, allowing: ["limit", "after", "purpose"])
        let access = context.accessRequest(request)
        let purpose = access.purpose ?? query["purpose"]
        guard query["purpose"] == nil || query["purpose"] == purpose else {
            throw QueryParameters.invalid("purpose", rule: "as-in-header")
        }
        let proof = try await vault.authorize(
            ListRecords.self,
            AccessRequest(
                caller: access.caller, purpose: purpose, requestID: access.requestID))
        let limit =
            try query.integer("limit", in: 1...APILimits.listItems) ?? APILimits.listItemsDefault
        let after = try query.recordID("after")
        let ticket = context.beginAnswer(of: vault)
        let page = try await vault.list(
            proof, isFiltered: query["purpose"] != nil, after: after, limit: limit,
            ticket: ticket)
        return .page(next: page.next?.description, capacity: 64 * page.items.count + 64) { writer in
            for item in page.items {
                writer.beginObject()
                writer.member("id", item.id.description)
                writer.member("state", item.isErased ? "erased" : "live")
                writer.endObject()
            }
        }
    }

    @Sendable private func read(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRecords.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: FieldSelection.parameters)
        let selection = try FieldSelection(query)
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        let view = try await vault.read(proof, id, selection, ticket: ticket)
        var writer = JSONWriter(capacity: view.jsonCapacity)
        writer.record(view)
        return .json(writer.bytes, etag: view.version)
    }

    @Sendable private func update(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(UpdateRecord.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let version = try request.ifMatch()
        let body = try await request.json(
            as: [APIMediaType.mergePatch, APIMediaType.json], within: bodyLimits)
        let id = try context.recordID()
        return .written(try await vault.update(proof, id, body, ifMatch: version))
    }

    @Sendable private func verify(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(VerifyField.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try RequestObject(
            await request.json(within: bodyLimits), allowing: ["field", "value"])
        let (field, value) = (try body.text("field"), try body.required("value"))
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        let matches = try await vault.verify(proof, id, field: field, value: value, ticket: ticket)
        return .json { $0.member("match", matches) }
    }

    @Sendable private func contacts(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRecords.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: FieldSelection.parameters)
        let selection = try FieldSelection(query)
        let id = try context.recordID()
        let ticket = context.beginAnswer(of: vault)
        let views = try await vault.contacts(proof, of: id, selection, ticket: ticket)
        let capacity = views.reduce(64) { $0 + $1.jsonCapacity }
        return .page(next: nil, capacity: capacity) { writer in
            for view in views { writer.record(view) }
        }
    }
}
