extension Role {
    /// The roles that ship (docs/ARCHITECTURE.md, "Roles").
    static let shipped: [Role] = [
        customerService, billing, checkout, marketing, dpo, auditor, keyCustodian, monitoring,
        admin,
    ]

    /// The shipped role of a name.
    public static func shipped(named name: String) -> Role? {
        shipped.first { $0.name == name }
    }

    private static let customerService: Role = {
        let purposes: Set<String> = ["customer-service", "work-orders"]
        return Role(
            name: "customer-service", kind: .data,
            permissions: [
                Permission(
                    [.read, .update, .search], on: .compartments(["identity", "contact"]),
                    for: purposes),
                Permission(
                    [.create], on: .compartments(["identity", "contact", "nationalId"]),
                    for: purposes),
                Permission(
                    [.read], on: .compartments(["nationalId"]), view: .masked, for: purposes),
                Permission([.verify], on: .fields(["henkilotunnus"]), for: purposes),
                Permission([.recordConsent, .recordObjection, .readConsents], for: purposes),
                Permission([.readKeys]),
            ], budgets: Budgets(records: 1000, searches: 1000, erasures: 100))
    }()

    private static let billing: Role = {
        let purposes: Set<String> = ["billing", "payment-follow-up"]
        return Role(
            name: "billing", kind: .data,
            permissions: [
                Permission(
                    [.read, .search], on: .compartments(["identity", "contact", "billing"]),
                    for: purposes),
                Permission(
                    [.read], on: .compartments(["nationalId"]), view: .masked, for: purposes),
                Permission([.readKeys]),
            ], budgets: Budgets(records: 5000, searches: 2000))
    }()

    private static let checkout = Role(
        name: "checkout", kind: .data,
        permissions: [
            Permission([.create, .update], on: .all, for: ["order"]),
            Permission([.recordConsent], for: ["order"]),
            Permission([.readKeys]),
        ], budgets: Budgets(records: 1000, searches: 1000, erasures: 100))

    private static let marketing = Role(
        name: "marketing", kind: .data,
        permissions: [
            Permission([.read], on: .fields(["name", "email"]), for: ["marketing"]),
            Permission([.list], for: ["marketing"]),
            Permission([.readKeys]),
        ], budgets: Budgets(records: 10_000, searches: 100))

    private static let dpo = Role(
        name: "dpo", kind: .data,
        permissions: [
            Permission(
                [.read, .search, .verify, .erase, .list, .protected], on: .all,
                for: ["data-subject-rights"]),
            Permission(
                [.recordConsent, .recordObjection, .readConsents, .restrict, .protect, .hold],
                for: ["data-subject-rights"]),
            Permission([.readCertificates, .readAudit, .readKeys]),
        ], budgets: Budgets(records: 1000, searches: 1000, erasures: 100))

    private static let auditor = Role(
        name: "auditor", kind: .administrative,
        permissions: [
            Permission([
                .readAudit, .readCertificates, .readStatus, .readKeys, .readRoles, .readMetrics,
            ])
        ])

    private static let keyCustodian = Role(
        name: "key-custodian", kind: .administrative,
        permissions: [Permission([.readStatus, .readKeys, .readMetrics, .rotateKeys, .backUp])])

    private static let monitoring = Role(
        name: "monitoring", kind: .administrative, permissions: [Permission([.readMetrics])])

    private static let admin = Role(
        name: "admin", kind: .administrative,
        permissions: [
            Permission([
                .manageGrants, .manageRoles, .manageTokens, .readRoles, .readStatus, .readKeys,
                .readMetrics,
            ])
        ])
}
