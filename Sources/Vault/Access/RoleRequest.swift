import Catalogue
import StrictJSON

/// The body of a request for a role: read strictly, and held against the catalogue, so that a role
/// never names what is not there.
struct RoleRequest {
    private static let members: Set<String> = ["kind", "permissions", "reason", "budgets"]
    private static let permissionMembers: Set<String> = [
        "operations", "fields", "compartments", "view", "purposes",
    ]
    private static let maximumPermissions = 64
    private static let maximumNames = 256

    let role: Role
    let reason: String

    init(_ body: JSONValue, name: String, catalogue: Catalogue) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try RecordDraft.refuseUnknown(members, allowed: Self.members)
        guard RoleName.isValid(name) else {
            throw VaultError(.invalidValue, pointer: "/name", .format)
        }
        guard let kind = body["kind"]?.text.flatMap(Role.Kind.init(rawValue:)) else {
            throw VaultError(.invalidValue, pointer: "/kind", .required)
        }
        guard let reason = body["reason"]?.text, ReasonCode.isValid(reason) else {
            throw VaultError(.invalidValue, pointer: "/reason", .format)
        }
        guard let items = body["permissions"]?.items, items.count <= Self.maximumPermissions else {
            throw VaultError(.invalidValue, pointer: "/permissions", .required)
        }
        var permissions: [Permission] = []
        for (place, item) in items.enumerated() {
            permissions.append(
                try Self.permission(
                    item, kind: kind, catalogue: catalogue, at: "/permissions/\(place)"))
        }
        let budgets = try Budgets(body["budgets"], at: "/budgets")
        guard kind == .data || budgets.isEmpty else {
            throw VaultError(.invalidValue, pointer: "/budgets", .unknownMember)
        }
        role = Role(name: name, kind: kind, permissions: permissions, budgets: budgets)
        self.reason = reason
    }

    private static func permission(
        _ json: JSONValue, kind: Role.Kind, catalogue: Catalogue, at pointer: String
    ) throws(VaultError) -> Permission {
        guard let members = json.members else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        guard members.allSatisfy({ permissionMembers.contains($0.name) }) else {
            throw VaultError(.invalidValue, pointer: pointer, .unknownMember)
        }
        var operations: Set<OperationKind> = []
        for name in try names(json["operations"], at: pointer + "/operations") {
            guard let operation = OperationKind(rawValue: name), operation.fits(kind) else {
                throw VaultError(.invalidValue, pointer: pointer + "/operations", .unknownMember)
            }
            operations.insert(operation)
        }
        guard !operations.isEmpty else {
            throw VaultError(.invalidValue, pointer: pointer + "/operations", .empty)
        }
        let purposes = try purposes(json["purposes"], for: operations, catalogue, at: pointer)
        let fields = try fields(json, for: operations, catalogue, at: pointer)
        // Nobody opens everything in the clear by leaving a word out.
        guard let written = json["view"] else {
            guard fields == .none else {
                throw VaultError(.invalidValue, pointer: pointer + "/view", .required)
            }
            return Permission(operations, for: purposes)
        }
        guard let view = written.text.flatMap(View.init(rawValue:)) else {
            throw VaultError(.invalidValue, pointer: pointer + "/view", .format)
        }
        return Permission(operations, on: fields, view: view, for: purposes)
    }

    /// Personal data is reached for a purpose, and for nothing else.
    private static func purposes(
        _ json: JSONValue?, for operations: Set<OperationKind>, _ catalogue: Catalogue,
        at pointer: String
    ) throws(VaultError) -> Set<String> {
        let purposes = Set(
            try json.map { json throws(VaultError) in
                try names(json, at: pointer + "/purposes")
            } ?? [])
        guard purposes.allSatisfy({ catalogue.purpose(named: $0) != nil }) else {
            throw VaultError(.invalidValue, pointer: pointer + "/purposes", .unknownMember)
        }
        guard operations.contains(where: \.concernsPersonalData) == !purposes.isEmpty else {
            throw VaultError(
                .invalidValue, pointer: pointer + "/purposes",
                purposes.isEmpty ? .required : .unknownMember)
        }
        return purposes
    }

    private static func fields(
        _ json: JSONValue, for operations: Set<OperationKind>, _ catalogue: Catalogue,
        at pointer: String
    ) throws(VaultError) -> FieldSelector {
        let selector: FieldSelector
        switch (json["fields"], json["compartments"]) {
        case (nil, nil): selector = .none
        case (.string("all"), nil): selector = .all
        case (let fields?, nil):
            let names = try names(fields, at: pointer + "/fields")
            guard names.allSatisfy({ catalogue.field(named: $0) != nil }) else {
                throw VaultError(.invalidValue, pointer: pointer + "/fields", .unknownField)
            }
            selector = .fields(Set(names))
        case (nil, let compartments?):
            let names = try names(compartments, at: pointer + "/compartments")
            guard names.allSatisfy({ catalogue.compartment(named: $0) != nil }) else {
                throw VaultError(.invalidValue, pointer: pointer + "/compartments", .unknownMember)
            }
            selector = .compartments(Set(names))
        default: throw VaultError(.invalidValue, pointer: pointer + "/fields", .unknownMember)
        }
        guard operations.contains(where: \.concernsFields) == (selector != .none) else {
            throw VaultError(
                .invalidValue, pointer: pointer + "/fields",
                selector == .none ? .required : .unknownMember)
        }
        return selector
    }

    private static func names(
        _ json: JSONValue?, at pointer: String
    ) throws(VaultError) -> [String] {
        guard let items = json?.items, items.count <= maximumNames else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        let names = items.compactMap(\.text)
        guard names.count == items.count else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        return names
    }
}

/// How roles are called: `[a-z][a-z0-9-]{0,31}`.
enum RoleName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return false }
        return name.utf8.count <= 32 && ReasonCode.isValid(name)
    }
}
