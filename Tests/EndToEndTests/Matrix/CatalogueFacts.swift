/// What the catalogue that ships says, written down anew: the matrix shares nothing with the vault.
enum CatalogueFacts {
    struct Field: Sendable {
        let name: String
        let compartment: String
        let isSearchable: Bool
        let kinds: Set<RecordKind>
    }

    enum RecordKind: String, Sendable, CaseIterable {
        case person
        case company
        case contact
    }

    static let fields: [Field] = [
        Field(name: "name", compartment: "identity", isSearchable: true, kinds: all),
        Field(name: "reference", compartment: "identity", isSearchable: true, kinds: all),
        Field(name: "ytunnus", compartment: "identity", isSearchable: true, kinds: [.company]),
        Field(
            name: "henkilotunnus", compartment: "nationalId", isSearchable: true, kinds: [.person]),
        Field(name: "address", compartment: "contact", isSearchable: false, kinds: customers),
        Field(name: "phone", compartment: "contact", isSearchable: true, kinds: all),
        Field(name: "email", compartment: "contact", isSearchable: true, kinds: all),
        Field(name: "billing", compartment: "billing", isSearchable: true, kinds: customers),
    ]

    static let purposes = [
        "customer-service", "order", "work-orders", "billing", "payment-follow-up", "marketing",
        "statutory", "legitimate-interest", "data-subject-rights",
    ]

    /// What every record has.
    static let requiredField = "name"

    /// The operations that read or write personal data, and so need a purpose.
    static let personalOperations: Set<String> = [
        "read", "create", "update", "search", "verify", "erase", "list", "record-consent",
        "record-objection", "read-consents", "restrict", "protect", "protected",
        "hold",
    ]

    /// Whether the purpose's only legal basis for such records is consent.
    static func needsConsent(_ purpose: String?, _ kind: RecordKind) -> Bool {
        purpose == "marketing" && kind == .person
    }

    /// Whether the purpose rests on a legitimate interest for such records (GDPR 21(1)).
    static func isObjectionable(_ purpose: String?, _ kind: RecordKind) -> Bool {
        switch purpose {
        case "payment-follow-up", "legitimate-interest": true
        case "marketing": kind != .person
        default: false
        }
    }

    /// Whether it reaches every record, whatever anybody says.
    static func opensEveryRecord(_ purpose: String?) -> Bool {
        RecordKind.allCases.allSatisfy {
            !needsConsent(purpose, $0) && !isObjectionable(purpose, $0)
        }
    }

    /// The one purpose that a restriction leaves open.
    static let rightsPurpose = "data-subject-rights"
    /// What a protection hides.
    static let whereabouts: Set<String> = ["address", "phone"]

    static func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    private static let all = Set(RecordKind.allCases)
    private static let customers: Set<RecordKind> = [.person, .company]
}
