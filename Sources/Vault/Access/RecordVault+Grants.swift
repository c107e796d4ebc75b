import Catalogue
import Cryptography
import KeyManagement
import Storage
public import StrictJSON

extension RecordVault {
    /// The grants, expired ones included.
    public func grants(_ proof: Authorized<ManageGrants>) async throws(VaultError) -> [Grant] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            (self.authoriser.policy.grants, [AuditRecord(proof)])
        }
    }

    /// Adds a grant; in force once this returns.
    ///
    /// - Parameter body: As in docs/openapi.yaml, GrantCreation.
    /// - Throws: ``VaultError/Code/notGranted`` for a grant to oneself, or one that would join data
    ///   and administrative roles in one principal.
    public func addGrant(
        _ proof: Authorized<ManageGrants>, _ body: JSONValue
    ) async throws(VaultError) -> (id: String, version: UInt64) {
        let grant = try GrantRequest(body).grant(
            id: nextID().description, by: proof.caller, atSeconds: clock.nowSeconds)
        let version = try await changePolicy(proof, reason: grant.reason, logsRefusal: true) {
            policy throws(VaultError) in
            guard let role = policy.role(named: grant.role) else {
                throw VaultError(.invalidValue, pointer: "/role", .format)
            }
            guard role.kind == .data || grant.budgets.isEmpty else {
                throw VaultError(.invalidValue, pointer: "/budgets", .unknownMember)
            }
            if case .token(let name) = grant.principal, policy.token(named: name) == nil {
                throw VaultError(.invalidValue, pointer: "/principal", .format)
            }
            guard !policy.isWithinReach(grant.principal, of: proof.caller) else {
                throw VaultError(.notGranted, detail: "nobody grants to themselves")
            }
            guard let next = policy.adding(grant) else { throw Self.kindsMeet }
            return next
        }
        return (grant.id, version)
    }

    static var kindsMeet: VaultError {
        VaultError(
            .notGranted, detail: "data and administrative roles never meet in one principal")
    }

    /// Revokes a grant; nothing is answered under it once this returns.
    ///
    /// - Throws: ``VaultError/Code/conflict`` for the last grant of `admin` that holds now.
    public func revokeGrant(
        _ proof: Authorized<ManageGrants>, id: String
    ) async throws(VaultError) -> UInt64 {
        try await changePolicy(proof, reason: nil) { policy throws(VaultError) in
            guard let next = policy.removing(grantID: id) else { throw VaultError(.unknownGrant) }
            let now = clock.nowSeconds
            guard next.hasAdmin(atSeconds: now) else {
                throw VaultError(.conflict, detail: "the last admin can't be removed")
            }
            return next
        }
    }

    /// Puts grants in force again that a restore has suspended, since they may have been taken away after
    /// the backup.
    ///
    /// - Returns: The policy's version, and how many grants were suspended.
    /// - Throws: ``VaultError/Code/conflict`` where none is.
    public func confirmGrants(
        _ proof: Authorized<ManageGrants>
    ) async throws(VaultError) -> (version: UInt64, confirmed: Int) {
        var confirmed = 0
        let version = try await changePolicy(proof, reason: "confirmed") {
            policy throws(VaultError) in
            guard let next = policy.confirmingGrants() else {
                throw VaultError(.conflict, detail: "no grant is suspended")
            }
            confirmed = policy.grants.count(where: \.isSuspended)
            return next
        }
        return (version, confirmed)
    }

    /// Puts the next version of the policy in force; nothing is answered under the one before once
    /// this returns.
    ///
    /// - Parameter logsRefusal: Whether a change that is not granted leaves an audit entry: one by which
    ///   somebody would give more to themselves.
    func changePolicy<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, reason: String?, logsRefusal: Bool = false,
        change: (AccessPolicy) throws(VaultError) -> AccessPolicy
    ) async throws(VaultError) -> UInt64 {
        do throws(VaultError) {
            return try await commitPolicy(proof, reason: reason, change: change)
        } catch {
            if logsRefusal, error.code == .notGranted {
                try await recordFailure(error, of: AuditRecord(proof))
            }
            throw error
        }
    }

    private func commitPolicy<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, reason: String?,
        change: (AccessPolicy) throws(VaultError) -> AccessPolicy
    ) async throws(VaultError) -> UInt64 {
        var proof = proof
        for _ in 0..<Self.maximumAttempts {
            let use = keyUse
            let next = try change(authoriser.policy)
            var audit = AuditRecord(proof)
            audit.reason = reason
            audit.generation = next.version
            var commit = try PolicyState.commit(
                next, vaultBox: vaultBox, audit: audit.leaf(milliseconds: clock.nowMilliseconds),
                authorisedUnder: proof.policyVersion
            ) { [authoriser, commits, ledger, clock] in
                authoriser.adopt(next)
                commits.adopt(policyVersion: next.version)
                // If this fails, the ledger takes nothing more and the next start writes it.
                try? ledger.append(
                    [.policyCommitted(version: next.version)],
                    milliseconds: clock.nowMilliseconds)
            }
            commit.keys = use
            switch await commits.commit([commit])[0] {
            case .committed:
                await answers.drain(deadlineSeconds: configuration.responseDeadlineSeconds)
                return next.version
            case .policyChanged, .rejected: proof = try await reauthorize(proof)
            case .recordChanged, .keysChanged: continue
            case .failed(let error): throw VaultError(error)
            }
        }
        throw VaultError(.conflict)
    }
}

/// The body of a request for a grant.
struct GrantRequest {
    private static let members: Set<String> = [
        "principal", "role", "reason", "from", "until", "budgets",
    ]

    let principal: Principal
    let role: String
    let reason: String
    let from: Int64?
    let until: Int64?
    let budgets: Budgets

    init(_ body: JSONValue) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try RecordDraft.refuseUnknown(members, allowed: Self.members)
        guard let principal = body["principal"]?.text.flatMap(Principal.init(resolving:)) else {
            throw VaultError(.invalidValue, pointer: "/principal", .format)
        }
        guard let role = body["role"]?.text else {
            throw VaultError(.invalidValue, pointer: "/role", .required)
        }
        guard let reason = body["reason"]?.text, ReasonCode.isValid(reason) else {
            throw VaultError(.invalidValue, pointer: "/reason", .format)
        }
        self.principal = principal
        self.role = role
        self.reason = reason
        from = try Self.time(body["from"], at: "/from")
        until = try Self.time(body["until"], at: "/until")
        budgets = try Budgets(body["budgets"], at: "/budgets")
    }

    func grant(id: String, by caller: Caller, atSeconds now: Int64) -> Grant {
        Grant(
            id: id, principal: principal, role: role, reason: reason,
            grantedBy: caller.principalText, grantedAtSeconds: now, fromSeconds: from,
            untilSeconds: until, budgets: budgets)
    }

    static func time(
        _ value: JSONValue?, at pointer: String
    ) throws(VaultError) -> Int64? {
        guard let value else { return nil }
        guard let seconds = value.text.flatMap(Timestamp.seconds) else {
            throw VaultError(.invalidValue, pointer: pointer, .date)
        }
        return seconds
    }
}
