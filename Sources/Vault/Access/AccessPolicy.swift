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
    /// Versions of roles that were changed or deleted, the newest last.
    public let formerRoles: [FormerRole]

    /// Earlier versions are kept as far as they take no more than this, the oldest dropped first.
    private static let maximumFormerBytes = 1 << 20

    /// The policy of a new vault.
    public static func initial(grants: [Grant]) -> AccessPolicy {
        AccessPolicy(
            version: 1, isSeparationOff: mixesKinds(grants, roles: Role.shipped),
            roles: Role.shipped, grants: grants, formerRoles: [])
    }

    /// The next version, with one grant more.
    public func adding(_ grant: Grant, allowsMixing: Bool = false) -> AccessPolicy? {
        guard role(named: grant.role) != nil else { return nil }
        let grants = grants + [grant]
        let mixes = Self.mixesKinds(grants, roles: roles)
        guard !mixes || isSeparationOff || allowsMixing else { return nil }
        return AccessPolicy(
            version: version + 1, isSeparationOff: isSeparationOff || mixes, roles: roles,
            grants: grants, formerRoles: formerRoles)
    }

    /// The next version, without a grant.
    func removing(grantID: String) -> AccessPolicy? {
        guard grants.contains(where: { $0.id == grantID }) else { return nil }
        return AccessPolicy(
            version: version + 1, isSeparationOff: isSeparationOff, roles: roles,
            grants: grants.filter { $0.id != grantID }, formerRoles: formerRoles)
    }

    /// The next version, with a role in the place of the one of its name, or added; `nil` where it
    /// would join kinds of roles in one principal.
    func setting(_ role: Role, by granter: String, atSeconds now: Int64) -> AccessPolicy? {
        let former = self.role(named: role.name)
        let next = Role(
            name: role.name, kind: role.kind, permissions: role.permissions,
            version: (lastVersion(ofRole: role.name) ?? 0) + 1)
        let roles =
            former == nil ? roles + [next] : roles.map { $0.name == role.name ? next : $0 }
        guard isSeparationOff || !Self.mixesKinds(grants, roles: roles) else { return nil }
        return AccessPolicy(
            version: version + 1, isSeparationOff: isSeparationOff, roles: roles, grants: grants,
            formerRoles: ending(former, by: granter, atSeconds: now))
    }

    /// The next version, without a role; `nil` while a grant names it.
    func removing(
        roleNamed name: String, by granter: String, atSeconds now: Int64
    ) -> AccessPolicy? {
        guard !grants.contains(where: { $0.role == name }) else { return nil }
        return AccessPolicy(
            version: version + 1, isSeparationOff: isSeparationOff,
            roles: roles.filter { $0.name != name }, grants: grants,
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

    /// The roles that a caller holds at a moment; none if they mix kinds while separation is on,
    /// and none for a caller that the kernel couldn't name.
    func roles(of caller: Caller, atSeconds now: Int64) -> [Role] {
        guard caller.uid != Caller.overflowID else { return [] }
        let held = grants.filter { $0.isActive(at: now) && $0.principal.includes(caller) }
            .compactMap { role(named: $0.role) }
        let isMixed = Set(held.map(\.kind)).count > 1
        return isMixed && !isSeparationOff ? [] : held
    }

    /// Until when ``roles(of:atSeconds:)`` gives the same answer, if nothing else changes.
    func nextChange(for caller: Caller, afterSeconds now: Int64) -> Int64? {
        grants.filter { $0.principal.includes(caller) }.compactMap { $0.nextChange(after: now) }
            .min()
    }

    /// Whether some principal holds roles of both kinds.
    private static func mixesKinds(_ grants: [Grant], roles: [Role]) -> Bool {
        Dictionary(grouping: grants, by: \.principal).values.contains { held in
            Set(held.compactMap { grant in roles.first { $0.name == grant.role }?.kind }).count > 1
        }
    }
}
