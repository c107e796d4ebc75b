import Catalogue
public import Storage
public import StrictJSON

/// Whether a principal may do something now, and by which rule, or for want of which.
public struct AccessExplanation: Sendable, Equatable {
    /// Why something is refused.
    enum Refusal: String, Sendable {
        case noGrant = "no-grant"
        case grantNotActive = "grant-not-active"
        case kindsMixed = "kinds-mixed"
        case operationNotAllowed = "operation-not-allowed"
        case purposeRequired = "purpose-required"
        case purposeNotAllowed = "purpose-not-allowed"
        case fieldNotAllowed = "field-not-allowed"
        case noLegalBasis = "no-legal-basis"
        case consentMissing = "consent-missing"
        case objectionStands = "objection-stands"
        case recordRestricted = "record-restricted"
        case protected
        case recordErasureWaits = "record-erasure-waits"
        case recordErased = "record-erased"
        case recordUnknown = "record-unknown"
    }

    /// A grant and the role by which something is allowed.
    struct Rule: Sendable, Equatable {
        let grant: String
        let principal: String
        let role: String
        let view: View
    }

    /// The first thing that is wanting; `nil`: it is allowed.
    let refusal: Refusal?
    /// What allows it, as far as it went.
    let rules: [Rule]

    /// The explanation as the interface shows it.
    public var json: JSONValue {
        var members = [JSONMember("allowed", .bool(refusal == nil))]
        if let refusal { members.append(JSONMember("refusal", .string(refusal.rawValue))) }
        if refusal == nil, let view = rules.map(\.view).max() {
            members.append(JSONMember("view", .string(view.rawValue)))
        }
        members.append(JSONMember("rules", .array(rules.map(\.json))))
        return .object(members)
    }
}

extension AccessExplanation.Rule {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("grant", .string(grant)), JSONMember("principal", .string(principal)),
            JSONMember("role", .string(role)), JSONMember("view", .string(view.rawValue)),
        ])
    }
}

/// What is asked: may this caller carry out the operation, on the field, for the purpose?
public struct AccessQuestion: Sendable {
    let caller: Caller
    let operation: OperationKind
    let field: String?
    let purpose: String?

    /// Asks for a caller with all groups that it has.
    public init(caller: Caller, operation: OperationKind, field: String?, purpose: String?) {
        self.caller = caller
        self.operation = operation
        self.field = field
        self.purpose = purpose
    }
}

extension AccessPolicy {
    /// Answers a question as the authoriser would, step by step.
    func explain(
        _ question: AccessQuestion, catalogue: Catalogue, atSeconds now: Int64
    ) -> AccessExplanation {
        func refused(
            _ refusal: AccessExplanation.Refusal, _ rules: [AccessExplanation.Rule] = []
        ) -> AccessExplanation {
            AccessExplanation(refusal: refusal, rules: rules)
        }
        let granted = grants.filter { applies($0.principal, to: question.caller, atSeconds: now) }
        guard question.caller.uid != Caller.overflowID, !granted.isEmpty else {
            return refused(.noGrant)
        }
        let active = granted.filter { $0.isActive(at: now) }
        guard !active.isEmpty else { return refused(.grantNotActive) }
        guard !roles(of: question.caller, atSeconds: now).isEmpty else {
            return refused(.kindsMixed, active.map { rule($0, .masked) })
        }
        var permissions = active.flatMap { grant in
            (role(named: grant.role)?.permissions ?? []).map { (grant, $0) }
        }
        func narrow(_ isKept: (Permission) -> Bool) -> Bool {
            permissions.removeAll { !isKept($0.1) }
            return !permissions.isEmpty
        }
        guard narrow({ $0.operations.contains(question.operation) }) else {
            return refused(.operationNotAllowed)
        }
        let byOperation = permissions.map { rule($0.0, $0.1.view) }
        if question.operation.concernsPersonalData {
            guard let purpose = question.purpose else {
                return refused(.purposeRequired, byOperation)
            }
            guard narrow({ $0.purposes.contains(purpose) }) else {
                return refused(.purposeNotAllowed, byOperation)
            }
        }
        let byPurpose = permissions.map { rule($0.0, $0.1.view) }
        if let name = question.field {
            let compartment = catalogue.field(named: name)?.compartment ?? ""
            guard narrow({ $0.fields.includes(field: name, compartment: compartment) }),
                catalogue.field(named: name) != nil
            else { return refused(.fieldNotAllowed, byPurpose) }
        }
        return AccessExplanation(refusal: nil, rules: permissions.map { rule($0.0, $0.1.view) })
    }

    private func rule(_ grant: Grant, _ view: View) -> AccessExplanation.Rule {
        AccessExplanation.Rule(
            grant: grant.id, principal: grant.principal.text, role: grant.role, view: view)
    }
}

extension RecordVault {
    /// Says whether something is allowed now, and by which rule.
    ///
    /// - Parameter record: A record that it is about: its kind decides whether the purpose needs a
    ///   consent.
    public func explain(
        _ proof: Authorized<ReadRoles>, _ question: AccessQuestion, record: RecordID?,
        ticket: AnswerTicket
    ) async throws(VaultError) -> AccessExplanation {
        try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof, record: record)
            entry.reason = "explain"
            let explanation = self.authoriser.policy.explain(
                question, catalogue: self.configuration.catalogue,
                atSeconds: self.clock.nowSeconds)
            guard explanation.refusal == nil, let record,
                let refusal = try await self.refusal(of: record, question)
            else { return (explanation, [entry]) }
            return (AccessExplanation(refusal: refusal, rules: explanation.rules), [entry])
        }
    }

    private func refusal(
        of id: RecordID, _ question: AccessQuestion
    ) async throws(VaultError) -> AccessExplanation.Refusal? {
        do throws(VaultError) {
            return refusal(of: try await open(live(id)), question)
        } catch {
            switch error.code {
            case .erased: return .recordErased
            case .unknownRecord: return .recordUnknown
            default: throw error
            }
        }
    }

    private func refusal(
        of record: borrowing OpenRecord, _ question: AccessQuestion
    ) -> AccessExplanation.Refusal? {
        let purpose = question.purpose.flatMap { configuration.catalogue.purpose(named: $0) }
        let obstacle =
            question.operation.needsOpenRecord
            ? record.obstacle(to: purpose) : record.obstacleToRecording(for: purpose)
        if let obstacle { return AccessExplanation.Refusal(obstacle) }
        guard let field = question.field else { return nil }
        let now = clock.nowSeconds
        let scope = Scope(
            roles: authoriser.policy.roles(of: question.caller, atSeconds: now),
            purpose: purpose?.name, catalogue: configuration.catalogue, validUntilSeconds: nil)
        guard let shield = shield(of: record, against: scope) else { return nil }
        switch question.operation {
        case .read: return shield.limit(of: field, to: .plain) == nil ? .protected : nil
        case .search, .verify: return shield.allowsMatching(field) ? nil : .protected
        default: return nil
        }
    }
}

extension AccessExplanation.Refusal {
    fileprivate init(_ obstacle: RightsObstacle) {
        switch obstacle {
        case .noLegalBasis: self = .noLegalBasis
        case .restricted: self = .recordRestricted
        case .consentMissing: self = .consentMissing
        case .objectionStands: self = .objectionStands
        case .erasureWaits: self = .recordErasureWaits
        }
    }
}
