import Catalogue
public import StrictJSON

extension RecordVault {
    /// The roles in force.
    public func roles(_ proof: Authorized<ReadRoles>) -> [Role] {
        authoriser.policy.roles
    }

    /// A role, and its earlier versions, the newest first.
    ///
    /// - Throws: ``VaultError/Code/unknownRole`` if there never was one of the name.
    public func role(
        _ proof: Authorized<ReadRoles>, named name: String
    ) throws(VaultError) -> (role: Role?, former: [FormerRole]) {
        let policy = authoriser.policy
        let role = policy.role(named: name)
        let former = policy.formerRoles.filter { $0.role.name == name }
        guard role != nil || !former.isEmpty else { throw VaultError(.unknownRole) }
        return (role, former.reversed())
    }

    /// What setting a role would open and close; changes nothing.
    ///
    /// - Parameter body: As in docs/openapi.yaml, RoleSetting.
    public func previewRole(
        _ proof: Authorized<ManageRoles>, named name: String, _ body: JSONValue
    ) async throws(VaultError) -> RoleDifference {
        let request = try RoleRequest(body, name: name, catalogue: configuration.catalogue)
        return try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof)
            entry.reason = "preview"
            let policy = self.authoriser.policy
            return (self.difference(from: policy, to: request.role), [entry])
        }
    }

    /// Sets a role: makes it, or puts a new version in force, at once and for all who hold it.
    ///
    /// - Throws: ``VaultError/Code/notGranted`` for a role that the caller holds, or a change that
    ///   would join data and administrative roles in one principal.
    public func setRole(
        _ proof: Authorized<ManageRoles>, named name: String, _ body: JSONValue
    ) async throws(VaultError) -> (version: UInt64, difference: RoleDifference) {
        let request = try RoleRequest(body, name: name, catalogue: configuration.catalogue)
        var made: RoleDifference?
        let version = try await changeRole(proof, named: name, reason: request.reason) {
            policy throws(VaultError) in
            guard
                let next = policy.setting(
                    request.role, by: proof.caller.principalText, atSeconds: clock.nowSeconds)
            else { throw Self.kindsMeet }
            guard next.hasAdmin(atSeconds: clock.nowSeconds) else {
                throw VaultError(.conflict, detail: "somebody must be able to manage grants")
            }
            made = difference(from: policy, to: request.role)
            return next
        }
        guard let made else { throw VaultError(.internal) }
        return (version, made)
    }

    /// Deletes a role that no grant names.
    public func deleteRole(
        _ proof: Authorized<ManageRoles>, named name: String
    ) async throws(VaultError) -> UInt64 {
        try await changeRole(proof, named: name, reason: nil) { policy throws(VaultError) in
            guard policy.role(named: name) != nil else { throw VaultError(.unknownRole) }
            guard
                let next = policy.removing(
                    roleNamed: name, by: proof.caller.principalText, atSeconds: clock.nowSeconds)
            else {
                throw VaultError(
                    .conflict, detail: "the role is in use; revoke the grants that name it first")
            }
            return next
        }
    }

    private func difference(from policy: AccessPolicy, to role: Role) -> RoleDifference {
        RoleDifference(
            from: policy.role(named: role.name), to: role, catalogue: configuration.catalogue,
            grants: policy.grants)
    }

    /// Nobody changes what they themselves may, or will once a grant of theirs begins or they present
    /// a token.
    private func changeRole(
        _ proof: Authorized<ManageRoles>, named name: String, reason: String?,
        change: (AccessPolicy) throws(VaultError) -> AccessPolicy
    ) async throws(VaultError) -> UInt64 {
        try await changePolicy(proof, reason: reason, logsRefusal: true) {
            policy throws(VaultError) in
            let isHeld = policy.grants.contains {
                $0.role == name && policy.isWithinReach($0.principal, of: proof.caller)
            }
            guard !isHeld else {
                throw VaultError(.notGranted, detail: "nobody changes a role that they hold")
            }
            return try change(policy)
        }
    }
}

extension AccessPolicy {
    /// Whether some grant that holds now lets its principal manage grants.
    func hasAdmin(atSeconds now: Int64) -> Bool {
        grants.contains { grant in
            if case .token(let name) = grant.principal {
                guard token(named: name)?.isActive(at: now) ?? false else { return false }
            }
            return grant.isActive(at: now)
                && role(named: grant.role)?.permissions.contains {
                    $0.operations.contains(.manageGrants)
                } ?? false
        }
    }
}
