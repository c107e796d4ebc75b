/// Who asks: a process of a user and group, and the roles that are granted to it.
struct MatrixPrincipal: Sendable {
    /// When a grant holds.
    enum Time: Sendable {
        case now
        case past
        case future
    }

    struct Grant: Sendable, Hashable {
        /// `uid:N`, `gid:N` or `token:NAME`, as granted.
        let to: String
        let role: String
        var time = Time.now
    }

    /// What is presented with each request.
    struct Token: Sendable {
        enum End: Sendable {
            case none
            case revoked
            case expired
        }

        let name: String
        let users: [UInt32]
        var end = End.none
    }

    let name: String
    let uid: UInt32
    let gid: UInt32
    let grants: [Grant]
    /// Whom the kernel can't name gets nothing, whatever is granted to its group.
    var isNameless = false
    var token: Token?

    /// The roles that it holds now: those of the token alone where one is presented.
    var roles: [String] {
        guard !isNameless, !presentsBadToken else { return [] }
        let current = grants.filter { $0.time == .now }
        guard let token else {
            return current.filter { !$0.to.hasPrefix("token:") }.map(\.role)
        }
        return current.filter { $0.to == "token:" + token.name }.map(\.role)
    }

    /// All roles that its user, groups and tokens hold now.
    var rolesInReach: [String] { grants.filter { $0.time == .now }.map(\.role) }

    var presentsBadToken: Bool {
        token.map { $0.end != .none || !$0.users.contains(uid) } ?? false
    }
}

extension MatrixPrincipal {
    /// A role of each kind that ships by uid, some by group, and whoever holds several or none.
    static let all: [MatrixPrincipal] = {
        let shipped = [
            "customer-service", "billing", "checkout", "marketing", "dpo", "auditor",
            "key-custodian", "admin", "monitoring",
        ]
        func user(
            _ number: Int, _ name: String, _ grants: [(String, Time)]
        ) -> MatrixPrincipal {
            let id = UInt32(41200 + number)
            return MatrixPrincipal(
                name: name, uid: id, gid: id,
                grants: grants.map { Grant(to: "uid:\(id)", role: $0.0, time: $0.1) })
        }
        func group(
            _ name: String, uid: UInt32, gid: UInt32, of group: UInt32, _ role: String
        ) -> MatrixPrincipal {
            MatrixPrincipal(
                name: name, uid: uid, gid: gid, grants: [Grant(to: "gid:\(group)", role: role)])
        }
        return shipped.enumerated().map { user($0, $1, [($1, .now)]) } + [
            group("by its group", uid: 41220, gid: 41221, of: 41221, "billing"),
            // Debian's user 5, games, is in group 60 and nowhere else.
            group(
                "by its user's group", uid: 5, gid: 41222, of: 60, "dpo"),
            user(23, "two roles", [("customer-service", .now), ("billing", .now)]),
            MatrixPrincipal(
                name: "two roles, one by group", uid: 41224, gid: 41225,
                grants: [
                    Grant(to: "uid:41224", role: "marketing"),
                    Grant(to: "gid:41225", role: "checkout"),
                ]),
            MatrixPrincipal(
                name: "kinds mixed by group", uid: 41226, gid: 41227,
                grants: [
                    Grant(to: "uid:41226", role: "auditor"), Grant(to: "gid:41227", role: "dpo"),
                ]),
            user(28, "role that ended", [("dpo", .past)]),
            user(29, "role to come", [("dpo", .future)]),
            user(
                30, "one role ended, one not", [("dpo", .past), ("marketing", .now)]),
            user(31, "nobody", []),
            MatrixPrincipal(
                name: "whom the kernel can't name", uid: 65534, gid: 41232,
                grants: [Grant(to: "gid:41232", role: "dpo")], isNameless: true),
            user(33, "help desk", [("help-desk", .now)]),
            user(34, "outreach", [("outreach", .now)]),
            user(35, "shelter", [("shelter", .now)]),
            user(36, "rights desk", [("rights-desk", .now)]),
        ] + underTokens
    }()

    /// Whoever presents a token, and whoever has one and doesn't.
    private static let underTokens: [MatrixPrincipal] = {
        func principal(
            _ name: String, _ uid: UInt32, _ token: Token?, _ grants: [(to: String, role: String)],
            gid: UInt32? = nil
        ) -> MatrixPrincipal {
            MatrixPrincipal(
                name: name, uid: uid, gid: gid ?? uid,
                grants: grants.map { Grant(to: $0.to, role: $0.role) }, token: token)
        }
        let shop = Token(name: "shop", users: [41240])
        let letters = Token(name: "letters", users: [41242])
        let both = [("uid:41242", "dpo"), ("token:letters", "marketing")]
        return [
            principal(
                "under a token", 41240, shop, [("token:shop", "checkout")]),
            principal(
                "under its other token", 41240, Token(name: "books", users: [41241, 41240]),
                [("token:books", "billing")]),
            principal(
                "under a token in place of its role", 41242, letters, both),
            principal("without the token that it has", 41242, nil, both),
            principal(
                "admin under a token", 41243, Token(name: "keeper", users: [41243]),
                [("token:keeper", "admin")]),
            principal(
                "under a token that may nothing", 41244, Token(name: "bare", users: [41244]),
                [("uid:41244", "billing")]),
            principal(
                "kinds mixed by token and group", 41245, Token(name: "mixed", users: [41245]),
                [("token:mixed", "dpo"), ("gid:41246", "auditor")], gid: 41246),
            principal(
                "under a stolen token", 41247, shop, [("uid:41247", "dpo")]),
            principal(
                "under a revoked token", 41248,
                Token(name: "revoked", users: [41248], end: .revoked),
                [("token:revoked", "dpo"), ("uid:41248", "billing")]),
            principal(
                "under an expired token", 41249,
                Token(name: "expired", users: [41249], end: .expired),
                [("token:expired", "dpo"), ("uid:41249", "billing")]),
        ]
    }()

    /// Roles of our own: masked views, single fields, and views that are too little.
    static let ownRoles: [(name: String, body: String)] = [
        (
            "help-desk",
            """
            {"kind":"data","reason":"matrix","permissions":[
             {"operations":["read"],"fields":["name","phone"],"view":"plain",
              "purposes":["customer-service"]},
             {"operations":["read"],"compartments":["contact","billing","nationalId"],
              "view":"masked","purposes":["customer-service","statutory"]},
             {"operations":["search"],"fields":["phone"],"view":"plain",
              "purposes":["customer-service"]},
             {"operations":["search"],"fields":["email","henkilotunnus"],"view":"masked",
              "purposes":["customer-service"]},
             {"operations":["verify"],"fields":["email","address"],"view":"masked",
              "purposes":["statutory"]},
             {"operations":["create"],"fields":["name","email","henkilotunnus"],"view":"plain",
              "purposes":["customer-service","statutory"]},
             {"operations":["update"],"fields":["phone"],"view":"plain",
              "purposes":["statutory"]},
             {"operations":["update"],"fields":["email"],"view":"masked",
              "purposes":["statutory"]},
             {"operations":["erase"],"compartments":["billing"],"view":"plain",
              "purposes":["statutory"]},
             {"operations":["list"],"purposes":["statutory","marketing"]},
             {"operations":["read-status"]}]}
            """
        ),
        (
            "outreach",
            """
            {"kind":"data","reason":"matrix","permissions":[
             {"operations":["read","search","create","update","verify"],"fields":"all",
              "view":"plain","purposes":["marketing"]},
             {"operations":["read"],"fields":"all","view":"masked",
              "purposes":["legitimate-interest"]}]}
            """
        ),
        (
            "shelter",
            """
            {"kind":"data","reason":"matrix","permissions":[
             {"operations":["read","search","verify"],"fields":["name","phone","address","email"],
              "view":"plain","purposes":["customer-service","statutory","order"]},
             {"operations":["protected"],"fields":["phone","address"],"view":"masked",
              "purposes":["customer-service"]},
             {"operations":["protected"],"fields":["phone"],"view":"plain",
              "purposes":["statutory"]}]}
            """
        ),
        (
            "rights-desk",
            """
            {"kind":"data","reason":"matrix","permissions":[
             {"operations":["record-consent"],"purposes":["customer-service"]},
             {"operations":["record-objection"],"purposes":["statutory","marketing"]},
             {"operations":["read-consents"],"purposes":["marketing","order"]},
             {"operations":["restrict"],"purposes":["data-subject-rights"]},
             {"operations":["protect"],"purposes":["billing"]},
             {"operations":["list"],
              "purposes":["payment-follow-up","legitimate-interest","order"]}]}
            """
        ),
    ]
}
