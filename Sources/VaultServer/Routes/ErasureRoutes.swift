import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `/v1/records/{id}/erasure`: erases, and shows the certificates.
struct ErasureRoutes: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    private static let maximumCompartments = 64

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.erasure(":id")), use: erase)
        router.get(RouterPath(APIPath.erasure(":id")), use: certificates)
    }

    @Sendable private func erase(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(EraseRecord.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        _ = try request.idempotencyKey()
        let body = try RequestObject(
            await request.json(within: bodyLimits), allowing: ["reason", "compartments"])
        let reason = try reason(body)
        let compartments = try body.texts("compartments", count: 1...Self.maximumCompartments)
        let id = try context.recordID()
        let certificate = try await vault.erase(
            proof, id, reason: reason, compartments: compartments)
        return .json(certificate)
    }

    @Sendable private func certificates(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(
            ReadCertificates.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let id = try context.recordID()
        _ = context.beginAnswer(of: vault)
        let certificates = try await vault.certificates(proof, of: id)
        return .page(next: nil) { writer in
            for certificate in certificates { writer.fragment(certificate[...]) }
        }
    }

    /// A reason is a code and never free text, since it is kept after the erasure.
    private func reason(_ body: RequestObject) throws(Problem) -> String {
        let reason = try body.text("reason")
        let isCode = reason.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isCode, 1...APILimits.reasonBytes ~= reason.utf8.count else {
            throw body.invalid("reason", rule: "code")
        }
        return reason
    }
}
