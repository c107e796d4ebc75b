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
        router.get(RouterPath(APIPath.keyHistory), use: keyHistory)
        router.get(RouterPath(APIPath.auditCheckpoint), use: checkpoint)
        router.get(RouterPath(APIPath.auditProof), use: proof)
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
        return .json(vault.keyStatus(proof).encoded())
    }

    @Sendable private func keyHistory(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        return .json(try await vault.keyHistory(proof).encoded())
    }

    @Sendable private func auditEntries(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadAudit.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["limit", "after"])
        let limit =
            try query.integer("limit", in: 1...APILimits.listItems) ?? APILimits.listItemsDefault
        let after = try query.integer("after", in: 0...Int.max) ?? 0
        _ = context.beginAnswer(of: vault)
        let entries = try await vault.auditEntries(proof, after: UInt64(after), limit: limit)
        let next = entries.count == limit ? entries.lastNumber.map { String($0) } : nil
        return .page(next: next, capacity: 320 * entries.count + 64) { writer in
            entries.write(to: &writer)
        }
    }

    @Sendable private func checkpoint(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadKeys.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let checkpoint = try vault.checkpoint(proof)
        return .json { checkpoint.write(to: &$0) }
    }

    /// `?number=&size=` proves that an entry is in the log, `?from=&to=` that the log only grew.
    @Sendable private func proof(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadAudit.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["number", "size", "from", "to"])
        func size(_ name: String) throws -> UInt64? {
            try query.integer(name, in: 1...Int.max).map(UInt64.init)
        }
        switch (try size("number"), try size("size"), try size("from"), try size("to")) {
        case (let number?, let size, nil, nil):
            let inclusion = try await vault.inclusionProof(proof, of: number, size: size)
            return .json { inclusion.write(to: &$0) }
        case (nil, nil, let from?, let to):
            let consistency = try await vault.consistencyProof(proof, from: from, to: to)
            return .json { consistency.write(to: &$0) }
        default:
            throw Problem(
                .malformedRequest, detail: "a proof takes number and size, or from and to")
        }
    }
}
