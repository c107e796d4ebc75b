public import StrictJSON

extension AccessPolicy {
    /// The document as it is sealed.
    func encoded() -> [UInt8] {
        let members = [
            JSONMember("format", .string("aitta-policy/1")),
            JSONMember("version", .number(String(version))),
            JSONMember("separation", .string(isSeparationOff ? "off" : "on")),
            JSONMember("roles", .array(roles.map(\.json))),
            JSONMember("grants", .array(grants.map(\.json))),
            JSONMember("tokens", .array(tokens.map(\.sealedJSON))),
            JSONMember("formerRoles", .array(formerRoles.map(\.json))),
        ]
        return JSONValue.object(members + tokenHashing.members).encoded()
    }

    /// Reads a document; `nil` if anything in it is not understood, so that nothing is granted by
    /// what an older program can't read.
    init?(decoding bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes, limits: .policy),
            json["format"]?.text == "aitta-policy/1",
            let version = json["version"]?.integer, version > 0,
            let separation = json["separation"]?.text, ["on", "off"].contains(separation),
            let roles = json["roles"]?.items, let grants = json["grants"]?.items,
            let tokens = json["tokens"]?.items, let formerRoles = json["formerRoles"]?.items,
            let tokenHashing = TokenHashing(json)
        else { return nil }
        self.tokenHashing = tokenHashing
        self.version = UInt64(version)
        isSeparationOff = separation == "off"
        self.roles = roles.compactMap(Role.init)
        self.grants = grants.compactMap(Grant.init)
        self.tokens = tokens.compactMap(AccessToken.init)
        self.formerRoles = formerRoles.compactMap(FormerRole.init)
        guard self.roles.count == roles.count, self.grants.count == grants.count,
            self.tokens.count == tokens.count, self.formerRoles.count == formerRoles.count
        else { return nil }
    }
}

extension JSONLimits {
    fileprivate static let policy = JSONLimits(
        maximumBytes: 8 << 20, maximumDepth: 16, maximumElements: 1 << 20)
}

extension Role {
    /// The role as the interface shows it.
    public var json: JSONValue {
        .object(
            [
                JSONMember("name", .string(name)),
                JSONMember("kind", .string(kind.rawValue)),
                JSONMember("version", .number(String(version))),
                JSONMember("permissions", .array(permissions.map(\.json))),
            ] + (budgets.isEmpty ? [] : [JSONMember("budgets", budgets.json)]))
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.text,
            let kind = json["kind"]?.text.flatMap(Kind.init(rawValue:)),
            let version = json["version"]?.integer,
            let permissions = json["permissions"]?.items,
            let budgets = try? Budgets(json["budgets"], at: "")
        else { return nil }
        self.budgets = budgets
        self.name = name
        self.kind = kind
        self.version = Int(version)
        self.permissions = permissions.compactMap(Permission.init)
        guard self.permissions.count == permissions.count else { return nil }
    }
}

extension FormerRole {
    /// The version as the interface shows it.
    public var json: JSONValue {
        .object(
            (role.json.members ?? []) + [
                JSONMember("until", .string(Timestamp.text(seconds: untilSeconds))),
                JSONMember("endedBy", .string(endedBy)),
            ])
    }

    fileprivate init?(_ json: JSONValue) {
        guard let role = Role(json), let endedBy = json["endedBy"]?.text,
            let until = json["until"]?.text.flatMap(Timestamp.seconds)
        else { return nil }
        self.role = role
        untilSeconds = until
        self.endedBy = endedBy
    }
}

extension Permission {
    fileprivate var json: JSONValue {
        var members = [JSONMember("operations", .sortedStrings(operations.map(\.rawValue)))]
        switch fields {
        case .none: break
        case .all: members.append(JSONMember("fields", .string("all")))
        case .compartments(let names):
            members.append(JSONMember("compartments", .sortedStrings(Array(names))))
        case .fields(let names): members.append(JSONMember("fields", .sortedStrings(Array(names))))
        }
        members.append(JSONMember("view", .string(view.rawValue)))
        members.append(JSONMember("purposes", .sortedStrings(Array(purposes))))
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let operations = json["operations"]?.strings,
            let view = json["view"]?.text.flatMap(View.init(rawValue:)),
            let purposes = json["purposes"]?.strings
        else { return nil }
        self.operations = Set(operations.compactMap(OperationKind.init(rawValue:)))
        self.view = view
        self.purposes = Set(purposes)
        switch (json["fields"], json["compartments"]) {
        case (nil, nil): fields = .none
        case (.string("all"), nil): fields = .all
        case (nil, let names?):
            guard let names = names.strings else { return nil }
            fields = .compartments(Set(names))
        case (let names?, nil):
            guard let names = names.strings else { return nil }
            fields = .fields(Set(names))
        default: return nil
        }
        guard self.operations.count == operations.count else { return nil }
    }
}

extension Grant {
    /// The grant as the interface shows it.
    public var json: JSONValue {
        var members = [
            JSONMember("id", .string(id)),
            JSONMember("principal", .string(principal.text)),
            JSONMember("role", .string(role)),
            JSONMember("reason", .string(reason)),
            JSONMember("grantedBy", .string(grantedBy)),
            JSONMember("grantedAt", .string(Timestamp.text(seconds: grantedAtSeconds))),
        ]
        if let fromSeconds {
            members.append(JSONMember("from", .string(Timestamp.text(seconds: fromSeconds))))
        }
        if let untilSeconds {
            members.append(JSONMember("until", .string(Timestamp.text(seconds: untilSeconds))))
        }
        if !budgets.isEmpty { members.append(JSONMember("budgets", budgets.json)) }
        if isSuspended { members.append(JSONMember("suspended", .bool(true))) }
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let id = json["id"]?.text,
            let principal = json["principal"]?.text.flatMap(Principal.init(resolving:)),
            let role = json["role"]?.text, let reason = json["reason"]?.text,
            let grantedBy = json["grantedBy"]?.text,
            let grantedAt = json["grantedAt"]?.text.flatMap(Timestamp.seconds),
            let budgets = try? Budgets(json["budgets"], at: "")
        else { return nil }
        let from = json["from"]?.text.flatMap(Timestamp.seconds)
        let until = json["until"]?.text.flatMap(Timestamp.seconds)
        guard (json["from"] == nil) == (from == nil), (json["until"] == nil) == (until == nil),
            json["suspended"] == nil || json["suspended"] == .bool(true)
        else { return nil }
        self.init(
            id: id, principal: principal, role: role, reason: reason, grantedBy: grantedBy,
            grantedAtSeconds: grantedAt, fromSeconds: from, untilSeconds: until, budgets: budgets,
            isSuspended: json["suspended"] != nil)
    }
}

extension JSONValue {
    fileprivate static func sortedStrings(_ texts: [String]) -> JSONValue {
        .array(texts.sorted().map(JSONValue.string))
    }

    fileprivate var strings: [String]? {
        guard let items else { return nil }
        let texts = items.compactMap(\.text)
        return texts.count == items.count ? texts : nil
    }
}
