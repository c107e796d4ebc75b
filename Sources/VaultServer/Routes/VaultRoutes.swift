import Hummingbird
import Storage
import StrictJSON
import Vault
import VaultAPI

/// The vault as a whole: its state, its public keys, its audit log.
struct VaultRoutes: Sendable {
    let vault: RecordVault

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.status), use: status)
        router.get(RouterPath(APIPath.keys), use: keys)
        router.get(RouterPath(APIPath.auditEntries), use: auditEntries)
    }

    @Sendable private func status(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadStatus.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return .json(try await vault.status(proof).encoded())
    }

    @Sendable private func keys(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return .json(vault.publicKeys(proof).encoded())
    }

    @Sendable private func auditEntries(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadAudit.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["limit", "after"])
        let limit =
            try query.integer("limit", in: 1...APILimits.listItems) ?? APILimits.listItemsDefault
        let after = try query.integer("after", in: 0...Int.max) ?? 0
        let entries = try await vault.auditEntries(proof, after: UInt64(after), limit: limit)
        let next = entries.count == limit ? entries.lastNumber.map { String($0) } : nil
        return .page(next: next, capacity: 320 * entries.count + 64) { writer in
            entries.write(to: &writer)
        }
    }
}
