import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// What is read out of the audit log for those who ask about one record or one caller.
struct ReportRoutes: Sendable {
    let vault: RecordVault

    func add(to router: Router<VaultRequestContext>) {
        router.get(RouterPath(APIPath.history(":id")), use: history)
        router.get(RouterPath(APIPath.auditScope), use: scope)
    }

    @Sendable private func history(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadAudit.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["limit", "after", "view"])
        let limit =
            try query.integer("limit", in: 1...APILimits.listItems) ?? APILimits.listItemsDefault
        let after = try query.integer("after", in: 0...Int.max) ?? 0
        let view: HistoryView
        switch query["view"] {
        case nil: view = .full
        case HistoryView.subject.rawValue: view = .subject
        default: throw QueryParameters.invalid("view", rule: "subject")
        }
        let id = try context.recordID()
        let history = try await vault.history(
            proof, of: id, view: view, after: UInt64(after), limit: limit)
        try await context.beginAnswer(of: vault, to: request, stillNeeding: ReadAudit.self)
        return .page(next: history.next.map { String($0) }, capacity: 200 * history.count + 64) {
            history.write(to: &$0)
        }
    }

    @Sendable private func scope(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(ReadAudit.self, context.accessRequest(request))
        let query = try QueryParameters(request, allowing: ["principal", "from", "to"])
        guard let principal = query["principal"].flatMap({ AccessPrincipal($0) }) else {
            throw QueryParameters.invalid("principal", rule: "uid-user-or-token")
        }
        func seconds(_ name: String) throws -> Int64 {
            guard let seconds = query[name].flatMap({ Timestamp.seconds($0) }) else {
                throw QueryParameters.invalid(name, rule: "time")
            }
            return seconds
        }
        let (from, to) = (try seconds("from"), try seconds("to"))
        guard from < to else { throw QueryParameters.invalid("to", rule: "after-from") }
        let scope = try await vault.breachScope(proof, of: principal, in: from..<to)
        try await context.beginAnswer(of: vault, to: request, stillNeeding: ReadAudit.self)
        return .json(scope.encoded())
    }
}
