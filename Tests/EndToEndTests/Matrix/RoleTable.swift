import StrictJSON

/// The roles as `GET /v1/roles` shows them, read anew.
struct RoleTable: Sendable {
    struct Role: Sendable {
        let isAdministrative: Bool
        var permissions: [Permission]
    }

    struct Permission: Sendable {
        var operations: Set<String>
        let fields: Set<String>
        let isPlain: Bool
        var purposes: Set<String>
    }

    var roles: [String: Role]

    /// - Parameter json: the answer's body.
    init?(_ json: JSONValue) {
        var roles: [String: Role] = [:]
        for role in json["items"]?.items ?? [] {
            guard let name = role["name"]?.text, let kind = role["kind"]?.text,
                let permissions = role["permissions"]?.items
            else { return nil }
            roles[name] = Role(
                isAdministrative: kind == "administrative",
                permissions: permissions.map(Permission.init))
        }
        self.roles = roles
    }

    /// What some roles give for a purpose: operations, and how they see each field.
    ///
    /// - Parameter reach: all roles that their holder could have by any of its groups and tokens.
    func rights(of names: [String], within reach: [String], for purpose: String?) -> Rights {
        let kinds = Set(reach.compactMap { roles[$0]?.isAdministrative })
        var rights = Rights()
        // Data and administrative roles never meet: then none holds.
        guard kinds.count == 1 else { return rights }
        for permission in names.compactMap({ roles[$0] }).flatMap(\.permissions) {
            for operation in permission.operations {
                if CatalogueFacts.personalOperations.contains(operation) {
                    guard let purpose, permission.purposes.contains(purpose) else { continue }
                }
                rights.operations.insert(operation)
                for field in permission.fields {
                    let isPlain = rights.views[operation]?[field] ?? false
                    rights.views[operation, default: [:]][field] = isPlain || permission.isPlain
                }
            }
        }
        return rights
    }
}

/// What somebody may.
struct Rights: Sendable {
    var operations: Set<String> = []
    /// By operation and field: whether it is seen plain, or masked.
    var views: [String: [String: Bool]] = [:]

    func isPlain(_ operation: String, _ field: String) -> Bool {
        views[operation]?[field] == true
    }
}

extension RoleTable.Permission {
    fileprivate init(_ json: JSONValue) {
        func names(_ member: String) -> Set<String> {
            Set(json[member]?.items?.compactMap(\.text) ?? [])
        }
        let compartments = names("compartments")
        operations = names("operations")
        isPlain = json["view"]?.text == "plain"
        purposes = names("purposes")
        fields = Set(
            CatalogueFacts.fields.filter {
                json["fields"]?.text == "all" || names("fields").contains($0.name)
                    || compartments.contains($0.compartment)
            }.map(\.name))
    }
}
