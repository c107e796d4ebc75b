/// What a role may: a name, its kind and its permissions.
public struct Role: Sendable, Equatable {
    /// A role sees personal data or administers the vault, never both.
    public enum Kind: String, Sendable {
        case data
        case administrative
    }

    /// Its name.
    public let name: String
    /// Its kind.
    public let kind: Kind
    /// What it may; all else is denied.
    public let permissions: [Permission]
    /// How much it lets a principal see in an hour, where a grant says nothing.
    public let budgets: Budgets
    /// 1 when made, one more with every change.
    public let version: Int

    init(
        name: String, kind: Kind, permissions: [Permission], budgets: Budgets = Budgets(),
        version: Int = 1
    ) {
        self.name = name
        self.kind = kind
        self.permissions = permissions
        self.budgets = budgets
        self.version = version
    }
}

/// A version of a role that is in force no more.
public struct FormerRole: Sendable, Equatable {
    /// What it allowed.
    public let role: Role
    /// Until when it was in force, in Unix seconds.
    public let untilSeconds: Int64
    /// Who ended it: `uid:N`.
    public let endedBy: String
}

/// Operations on some fields, in a view, for some purposes.
public struct Permission: Sendable, Equatable {
    /// What may be done.
    public let operations: Set<OperationKind>
    /// To which fields.
    public let fields: FieldSelector
    /// How they are shown.
    public let view: View
    /// For which purposes; none for administrative operations.
    public let purposes: Set<String>

    init(
        _ operations: Set<OperationKind>, on fields: FieldSelector = .none, view: View = .plain,
        for purposes: Set<String> = []
    ) {
        self.operations = operations
        self.fields = fields
        self.view = view
        self.purposes = purposes
    }
}

/// How a field is shown.
public enum View: String, Sendable, Comparable {
    /// Enough to recognise, too little to use.
    case masked
    /// As it is.
    case plain

    /// Orders views by how much they show.
    public static func < (left: View, right: View) -> Bool {
        left == .masked && right == .plain
    }
}

/// Which fields a permission is about.
public enum FieldSelector: Sendable, Equatable {
    case none
    case all
    /// All fields of these compartments.
    case compartments(Set<String>)
    /// These fields.
    case fields(Set<String>)

    func includes(field: String, compartment: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .compartments(let names): names.contains(compartment)
        case .fields(let names): names.contains(field)
        }
    }
}

/// The operations that permissions name.
public enum OperationKind: String, Sendable, CaseIterable {
    case read
    case create
    case update
    case search
    case verify
    case erase
    case list
    case recordConsent = "record-consent"
    case recordObjection = "record-objection"
    case readConsents = "read-consents"
    case restrict
    case protect
    /// Hold compartments of a record back from erasure, see what does, and end it.
    case hold
    /// See the whereabouts of people who are protected: of use beside `read`, `search` or `verify`.
    case protected
    case readCertificates = "read-certificates"
    case manageGrants = "manage-grants"
    case manageRoles = "manage-roles"
    case manageTokens = "manage-tokens"
    case readRoles = "read-roles"
    case readAudit = "read-audit"
    case readStatus = "read-status"
    case readKeys = "read-keys"
    case readMetrics = "read-metrics"
    /// Rotate the vault's keys, and change where the root key comes from.
    case rotateKeys = "rotate-keys"
    case backUp = "back-up"

    /// Whether the operation reads or writes personal data, and so needs a purpose.
    var concernsPersonalData: Bool {
        switch self {
        case .read, .create, .update, .search, .verify, .erase, .list, .recordConsent,
            .recordObjection, .readConsents, .restrict, .protect, .hold, .protected:
            true
        case .readCertificates, .manageGrants, .manageRoles, .manageTokens, .readRoles, .readAudit,
            .readStatus, .readKeys, .readMetrics, .rotateKeys, .backUp:
            false
        }
    }

    /// Whether the operation decides who may what, which no data role may.
    var isAdministration: Bool {
        self == .manageGrants || self == .manageRoles || self == .manageTokens
    }

    /// Whether whoever frees a full disk, or takes grants away meanwhile, has to see what it answers.
    var isNeededOnFullDisk: Bool {
        isAdministration || self == .readStatus || self == .readMetrics
    }

    /// Whether a role of a kind may have it.
    func fits(_ kind: Role.Kind) -> Bool {
        switch kind {
        case .data: !isAdministration && self != .rotateKeys
        case .administrative: !concernsPersonalData
        }
    }

    /// Whether it is about single fields, in a view.
    var concernsFields: Bool {
        switch self {
        case .read, .create, .update, .search, .verify, .erase, .protected: true
        case .list, .recordConsent, .recordObjection, .readConsents, .restrict, .protect, .hold,
            .readCertificates, .manageGrants, .manageRoles, .manageTokens, .readRoles, .readAudit,
            .readStatus, .readKeys, .readMetrics, .rotateKeys, .backUp:
            false
        }
    }
}
