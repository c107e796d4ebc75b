import StrictJSON

/// The whole access policy: roles and grants, one immutable, versioned document.
///
/// It lies sealed in the store, and its version in the ledger, so whoever can write the database
/// file gains no role by it.
public struct AccessPolicy: Sendable, Equatable {
    /// 1 when made, one more with every change; the version of its sealed state.
    public let version: UInt64
    /// Whether `init` joined data and administrative roles in one principal.
    public let isSeparationOff: Bool
    /// All roles.
    public let roles: [Role]
    /// All grants, expired ones included until they are revoked.
    public let grants: [Grant]
    /// All tokens, expired ones included until they are revoked.
    public let tokens: [AccessToken]
    /// Versions of roles that were changed or deleted, the newest last.
    public let formerRoles: [FormerRole]
    let tokenHashing: TokenHashing

    /// Earlier versions are kept as far as they take no more than this, the oldest dropped first.
    private static let maximumFormerBytes = 1 << 20

    /// The policy of a new vault.
    public static func initial(grants: [Grant]) -> AccessPolicy {
        AccessPolicy(
            version: 1, isSeparationOff: mixesKinds(grants, roles: Role.shipped, tokens: []),
            roles: Role.shipped, grants: grants, tokens: [], formerRoles: [],
            tokenHashing: TokenHashing())
    }

    /// The next version, with what changed.
    func next(
        isSeparationOff: Bool? = nil, roles: [Role]? = nil, grants: [Grant]? = nil,
        tokens: [AccessToken]? = nil, formerRoles: [FormerRole]? = nil,
        tokenHashing: TokenHashing? = nil
    ) -> AccessPolicy {
        AccessPolicy(
            version: version + 1, isSeparationOff: isSeparationOff ?? self.isSeparationOff,
            roles: roles ?? self.roles, grants: grants ?? self.grants,
            tokens: tokens ?? self.tokens, formerRoles: formerRoles ?? self.formerRoles,
            tokenHashing: tokenHashing ?? self.tokenHashing)
    }

    /// The next version, with one grant more; `nil` for a role or a token that is not there, or where
    /// it would join kinds of roles in one principal.
    public func adding(_ grant: Grant, allowsMixing: Bool = false) -> AccessPolicy? {
        guard role(named: grant.role) != nil else { return nil }
        if case .token(let name) = grant.principal, token(named: name) == nil { return nil }
        let grants = grants + [grant]
        let mixes = Self.mixesKinds(grants, roles: roles, tokens: tokens)
        guard !mixes || isSeparationOff || allowsMixing else { return nil }
        return next(isSeparationOff: isSeparationOff || mixes, grants: grants)
    }

    /// The next version, without a grant.
    func removing(grantID: String) -> AccessPolicy? {
        guard grants.contains(where: { $0.id == grantID }) else { return nil }
        return next(grants: grants.filter { $0.id != grantID })
    }

    /// The policy under a later version, with all grants but those of `admin` suspended.
    func suspended(version: UInt64) -> AccessPolicy {
        AccessPolicy(
            version: version, isSeparationOff: isSeparationOff, roles: roles,
            grants: grants.map { $0.suspended($0.role != "admin") }, tokens: tokens,
            formerRoles: formerRoles, tokenHashing: tokenHashing)
    }

    /// The next version, with no grant suspended; `nil` where none is.
    func confirmingGrants() -> AccessPolicy? {
        guard grants.contains(where: \.isSuspended) else { return nil }
        return next(grants: grants.map { $0.suspended(false) })
    }

    /// The next version, with a role in the place of the one of its name, or added; `nil` where it
    /// would join kinds of roles in one principal.
    func setting(_ role: Role, by granter: String, atSeconds now: Int64) -> AccessPolicy? {
        let former = self.role(named: role.name)
        let next = Role(
            name: role.name, kind: role.kind, permissions: role.permissions, budgets: role.budgets,
            version: (lastVersion(ofRole: role.name) ?? 0) + 1)
        let roles =
            former == nil ? roles + [next] : roles.map { $0.name == role.name ? next : $0 }
        guard isSeparationOff || !Self.mixesKinds(grants, roles: roles, tokens: tokens) else {
            return nil
        }
        return self.next(
            roles: roles, formerRoles: ending(former, by: granter, atSeconds: now))
    }

    /// The next version, without a role; `nil` while a grant names it.
    func removing(
        roleNamed name: String, by granter: String, atSeconds now: Int64
    ) -> AccessPolicy? {
        guard !grants.contains(where: { $0.role == name }) else { return nil }
        return next(
            roles: roles.filter { $0.name != name },
            formerRoles: ending(role(named: name), by: granter, atSeconds: now))
    }

    private func lastVersion(ofRole name: String) -> Int? {
        (roles + formerRoles.map(\.role)).filter { $0.name == name }.map(\.version).max()
    }

    private func ending(
        _ role: Role?, by granter: String, atSeconds now: Int64
    ) -> [FormerRole] {
        let ended = role.map { FormerRole(role: $0, untilSeconds: now, endedBy: granter) }
        var bytes = 0
        let kept = (formerRoles + [ended].compactMap { $0 }).reversed().prefix { former in
            bytes += former.json.encoded().count
            return bytes <= Self.maximumFormerBytes
        }
        return kept.reversed()
    }

    /// The role of a name.
    public func role(named name: String) -> Role? {
        roles.first { $0.name == name }
    }

    /// The roles that a caller holds at a moment.
    ///
    /// None if kinds of roles meet within the caller's reach (its uid, its groups, the tokens that it
    /// may present) while separation is on, and none for a caller that the kernel couldn't name.
    func roles(of caller: Caller, atSeconds now: Int64) -> [Role] {
        guard caller.uid != Caller.overflowID else { return [] }
        let active = grants.filter { $0.isActive(at: now) }
        guard isSeparationOff || !mixesKinds(within: active, reachOf: caller) else { return [] }
        return active.filter { applies($0.principal, to: caller, atSeconds: now) }
            .compactMap { role(named: $0.role) }
    }

    /// How much a caller may see and destroy in an hour for a purpose: the most that any grant of its gives whose role
    /// knows the purpose.
    func budgetLimits(
        of caller: Caller, purpose: String?, atSeconds now: Int64
    ) -> BudgetLimits {
        var limits = BudgetLimits.none
        for grant in grants
        where grant.isActive(at: now) && applies(grant.principal, to: caller, atSeconds: now) {
            guard let purpose, let role = role(named: grant.role),
                role.permissions.contains(where: { $0.purposes.contains(purpose) })
            else { continue }
            limits.raise(to: grant.budgets.over(role.budgets).over(.standard))
        }
        return limits
    }

    /// Until when ``roles(of:atSeconds:)`` gives the same answer, if nothing else changes.
    func nextChange(for caller: Caller, afterSeconds now: Int64) -> Int64? {
        let reach = Reach(of: caller, tokens: tokens)
        let changes = grants.filter { reach.includes($0.principal) }
            .compactMap { $0.nextChange(after: now) }
        let ends = tokens.filter { $0.uids.contains(caller.uid) }.compactMap(\.untilSeconds)
            .filter { $0 > now }
        return (changes + ends).min()
    }

    private func mixesKinds(within grants: [Grant], reachOf caller: Caller) -> Bool {
        let reach = Reach(of: caller, tokens: tokens)
        let kinds = grants.filter { reach.includes($0.principal) }
            .compactMap { role(named: $0.role)?.kind }
        return Set(kinds).count > 1
    }

    /// Whether some principal holds roles of both kinds: itself, or as a user with the tokens that it
    /// may present. Members of groups are known only when they ask.
    private static func mixesKinds(
        _ grants: [Grant], roles: [Role], tokens: [AccessToken]
    ) -> Bool {
        let kinds = Dictionary(roles.map { ($0.name, $0.kind) }) { first, _ in first }
        var held: [Principal: Set<Role.Kind>] = [:]
        for grant in grants {
            guard let kind = kinds[grant.role] else { continue }
            held[grant.principal, default: []].insert(kind)
        }
        for token in tokens {
            guard let granted = held[.token(token.name)] else { continue }
            for uid in token.uids { held[.user(uid), default: []].formUnion(granted) }
        }
        return held.values.contains { $0.count > 1 }
    }
}
