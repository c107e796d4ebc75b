/// Who asks: a process of a user and group, and the roles that are granted to it.
struct MatrixPrincipal: Sendable {
    /// When a grant holds.
    enum Time: Sendable {
        case now
        case past
        case future
    }

    struct Grant: Sendable {
        /// `uid:N` or `gid:N`, as granted.
        let to: String
        let role: String
        var time = Time.now
    }

    let name: String
    let uid: UInt32
    let gid: UInt32
    let grants: [Grant]
    /// Whom the kernel can't name gets nothing, whatever is granted to its group.
    var isNameless = false

    /// The roles that it holds now.
    var roles: [String] {
        isNameless ? [] : grants.filter { $0.time == .now }.map(\.role)
    }
}

extension MatrixPrincipal {
    /// A role of each kind that ships by uid, some by group, and whoever holds several or none.
    static let all: [MatrixPrincipal] = {
        let shipped = [
            "customer-service", "billing", "checkout", "marketing", "dpo", "auditor",
            "key-custodian", "admin",
        ]
        func user(_ number: Int, _ name: String, _ grants: [(String, Time)]) -> MatrixPrincipal {
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
            group("by its user's group", uid: 5, gid: 41222, of: 60, "dpo"),
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
            user(30, "one role ended, one not", [("dpo", .past), ("marketing", .now)]),
            user(31, "nobody", []),
            MatrixPrincipal(
                name: "whom the kernel can't name", uid: 65534, gid: 41232,
                grants: [Grant(to: "gid:41232", role: "dpo")], isNameless: true),
            user(33, "help desk", [("help-desk", .now)]),
            user(34, "outreach", [("outreach", .now)]),
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
    ]
}
