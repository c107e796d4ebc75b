import Hummingbird
import NIOCore
import Storage
import StrictJSON
import Vault
import VaultAPI

/// `POST /v1/batch/read` and `/v1/batch/write`: many records in one request, each atomic alone.
struct BatchRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.batchRead), use: read)
        router.post(RouterPath(APIPath.batchWrite), use: write)
    }

    @Sendable private func read(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadRecords.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let body = try RequestObject(
            await request.json(within: bodyLimits), allowing: ["ids"] + FieldSelection.members)
        let selection = try FieldSelection(body)
        let ids = try body.texts("ids", count: 1...APILimits.batchItems)?.map { RecordID($0) }
        guard let ids else { throw body.invalid("ids", rule: "required") }
        let ticket = context.beginAnswer(of: vault)
        let results = try await vault.read(
            proof, ids.compactMap { $0 }, selection, ticket: ticket)
        return .json(capacity: results.count * 512) { writer in
            writer.results { writer in
                var rest = results[...]
                for id in ids {
                    // An id that is none is answered in its place, like an unknown one.
                    let result = id == nil ? nil : rest.popFirst()
                    writer.read(result, requestID: context.requestID)
                }
            }
        }
    }

    @Sendable private func write(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        _ = try QueryParameters(request, allowing: [])
        let key = try request.idempotencyKey()
        let bytes = try await request.jsonBytes(within: bodyLimits)
        let body = try RequestObject(
            JSONParser.parse(bytes, within: bodyLimits), allowing: ["operations"])
        let items = try body.items("operations", count: 1...APILimits.batchItems)
        guard let items else { throw body.invalid("operations", rule: "required") }
        let results = try await vault.write(
            items.map(BatchOperation.init), request: context.accessRequest(request),
            idempotencyKey: key, body: key == nil ? [] : Array(buffer: bytes))
        return .json(capacity: results.count * 96) { writer in
            writer.results { writer in
                for result in results { writer.write(result, requestID: context.requestID) }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func read(
        _ result: Result<RecordView, VaultError>?, requestID: String
    ) {
        switch result {
        case .success(let view): self.result(status: 200) { $0.record(view) }
        case .failure(let error): self.result(Problem(error), requestID: requestID)
        case nil: self.result(Problem(.unknownRecord), requestID: requestID)
        }
    }

    fileprivate mutating func write(
        _ result: Result<BatchOutcome, VaultError>, requestID: String
    ) {
        switch result {
        case .success(.created(let record)): self.result(status: 201) { $0.written(record) }
        case .success(.updated(let record)): self.result(status: 200) { $0.written(record) }
        case .success(.valid):
            self.result(status: 200) { writer in
                writer.beginObject()
                writer.member("valid", true)
                writer.endObject()
            }
        case .failure(let error): self.result(Problem(error), requestID: requestID)
        }
    }
}
