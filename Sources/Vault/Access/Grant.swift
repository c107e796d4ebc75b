/// A principal holds a role, for a reason, perhaps for a time.
public struct Grant: Sendable, Equatable {
    /// A UUID.
    public let id: String
    /// Who.
    public let principal: Principal
    /// The name of the role.
    public let role: String
    /// A code, never free text.
    public let reason: String
    /// Who granted it: `uid:N`, `init` or `break-glass`.
    public let grantedBy: String
    /// When, in Unix seconds.
    public let grantedAtSeconds: Int64
    /// From when it holds, in Unix seconds.
    public let fromSeconds: Int64?
    /// Until when it holds, in Unix seconds.
    public let untilSeconds: Int64?
    /// How much it lets the principal see in an hour, where it differs from the role's.
    public let budgets: Budgets
    /// Whether it gives nothing until an admin confirms it: it comes from a policy that was restored and is
    /// older than the one in force before.
    public let isSuspended: Bool

    /// Makes a grant.
    public init(
        id: String, principal: Principal, role: String, reason: String, grantedBy: String,
        grantedAtSeconds: Int64, fromSeconds: Int64? = nil, untilSeconds: Int64? = nil,
        budgets: Budgets = Budgets(), isSuspended: Bool = false
    ) {
        self.id = id
        self.principal = principal
        self.role = role
        self.reason = reason
        self.grantedBy = grantedBy
        self.grantedAtSeconds = grantedAtSeconds
        self.fromSeconds = fromSeconds
        self.untilSeconds = untilSeconds
        self.budgets = budgets
        self.isSuspended = isSuspended
    }

    /// The grant, suspended or confirmed.
    func suspended(_ isSuspended: Bool) -> Grant {
        Grant(
            id: id, principal: principal, role: role, reason: reason, grantedBy: grantedBy,
            grantedAtSeconds: grantedAtSeconds, fromSeconds: fromSeconds,
            untilSeconds: untilSeconds, budgets: budgets, isSuspended: isSuspended)
    }

    func isActive(at seconds: Int64) -> Bool {
        !isSuspended && (fromSeconds.map { $0 <= seconds } ?? true)
            && (untilSeconds.map { seconds < $0 } ?? true)
    }

    /// The next moment after `seconds` at which activity changes.
    func nextChange(after seconds: Int64) -> Int64? {
        [fromSeconds, untilSeconds].compactMap { $0 }.filter { $0 > seconds }.min()
    }
}
