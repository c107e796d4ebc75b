import StrictJSON
import Testing

extension EndToEnd {
    /// An administrator wants to see personal data.
    @Suite(.needsRoot) struct GrantAttackTests {
        /// Debian's user games, alone in the group of the same name.
        private enum Admin {
            static let uid: UInt32 = 5
            static let name = "games"
            static let databaseGroup = 60
            static let processGroup: UInt32 = 41350
            static let laterGroup: UInt32 = 41351
        }

        private let vault: TestVault
        private let path: String

        init() throws {
            let checkout: UInt32 = 41303
            vault = try TestVault(grants: ["uid:\(Admin.uid)=admin", "uid:\(checkout)=checkout"])
            try vault.start()
            let made = try vault.ask(
                as: checkout, "POST", "/v1/records", purpose: "order",
                json: TestVault.person("WC-1"))
            path = "/v1/records/" + (try #require(JSONValue(of: made)["id"]?.text))
        }

        private func ask(
            _ method: String, _ path: String, _ json: String? = nil, purpose: String? = nil,
            gid: UInt32 = Admin.processGroup
        ) throws -> TestVault.Reply {
            try vault.ask(as: Admin.uid, gid: gid, method, path, purpose: purpose, json: json)
        }

        private func grant(_ principal: String, _ role: String) throws -> TestVault.Reply {
            try ask(
                "POST", "/v1/grants",
                #"{"principal":"\#(principal)","role":"\#(role)","reason":"x"}"#)
        }

        private func expectNothingIsSeen(gid: UInt32 = Admin.processGroup) throws {
            let rights = "data-subject-rights"
            #expect(try ask("GET", path, purpose: rights, gid: gid).status == 403)
            let search = #"{"field":"email","value":"aino@example.fi"}"#
            #expect(try ask("POST", "/v1/search", search, purpose: rights, gid: gid).status == 403)
        }

        /// Neither by its own name or number, nor by those of a group that it is in.
        @Test(arguments: ["dpo", "auditor", "admin"]) func nobodyGrantsToThemselves(
            role: String
        ) throws {
            for principal in [
                "uid:\(Admin.uid)", "uid:0\(Admin.uid)", "uid:+\(Admin.uid)", "user:\(Admin.name)",
                "gid:\(Admin.databaseGroup)", "group:\(Admin.name)", "gid:\(Admin.processGroup)",
            ] {
                let refused = try grant(principal, role)
                #expect([403, 422].contains(refused.status), "\(principal) \(refused.body)")
            }
            let answer = try vault.connect().ask("GET", "/v1/grants")
            let grants = answer.json["items"]?.items ?? []
            #expect(!grants.contains { $0["grantedBy"]?.text == "uid:\(Admin.uid)" })
            try expectNothingIsSeen()
            // The control: to another it is granted, and works.
            let control = try grant("uid:41352", role)
            #expect(control.status == 201, "\(control.body)")
            let read = try vault.ask(as: 41352, "GET", path, purpose: "data-subject-rights")
            #expect(read.status == (role == "dpo" ? 200 : 403))
        }

        /// A role of its own making doesn't help: not one of data, not one that mixes.
        @Test func aSecondRoleGivesNothing() throws {
            func set(_ name: String, _ kind: String, _ permission: String) throws -> Int {
                try ask(
                    "PUT", "/v1/roles/" + name,
                    #"{"kind":"\#(kind)","reason":"x","permissions":[\#(permission)]}"#
                ).status
            }
            let reading =
                #"{"operations":["read"],"fields":"all","view":"plain","purposes":["order"]}"#
            #expect(try set("sly", "administrative", reading) == 422)
            #expect(try set("sly", "data", #"{"operations":["manage-grants"]}"#) == 422)
            #expect(try set("sly", "data", reading) == 200)
            #expect(try grant("uid:\(Admin.uid)", "sly").status == 403)
            #expect(try set("helper", "administrative", #"{"operations":["read-audit"]}"#) == 200)
            #expect(try grant("user:\(Admin.name)", "helper").status == 403)
            #expect(try ask("GET", path, purpose: "order").status == 403)
            #expect(try ask("GET", "/v1/audit/entries").status == 403)
        }

        /// It changes no role that it holds, will hold, or held, by itself or by a group.
        @Test func aRoleThatOneHoldsStaysAsItIs() throws {
            let connection = try vault.connect()
            for (role, principal, time) in [
                ("key-custodian", "gid:\(Admin.databaseGroup)", ""),
                ("auditor", "uid:\(Admin.uid)", #","from":"2999-01-01T00:00:00Z""#),
                ("watch", "gid:\(Admin.processGroup)", #","until":"2026-01-01T00:00:00Z""#),
            ] {
                let body = #"{"kind":"administrative","reason":"x","permissions":[]}"#
                if role == "watch" {
                    try #require(
                        try connection.ask("PUT", "/v1/roles/watch", json: body).status == 200)
                }
                let granted = try connection.ask(
                    "POST", "/v1/grants",
                    json: #"{"principal":"\#(principal)","role":"\#(role)","reason":"x"\#(time)}"#)
                try #require(granted.status == 201, "\(granted.text)")
                let audit = #"{"operations":["read-audit"]}"#
                for (kind, permission) in [
                    ("administrative", audit), ("data", audit),
                    (
                        "data",
                        #"{"operations":["read"],"fields":"all","view":"plain","purposes":["order"]}"#
                    ),
                ] {
                    let set = try ask(
                        "PUT", "/v1/roles/" + role,
                        #"{"kind":"\#(kind)","reason":"x","permissions":[\#(permission)]}"#)
                    #expect(set.status == 403, "\(role) \(kind) \(set.body)")
                }
                #expect([403, 409].contains(try ask("DELETE", "/v1/roles/" + role).status))
            }
            let own = #"{"kind":"data","reason":"x","permissions":[]}"#
            #expect(try ask("PUT", "/v1/roles/admin", own).status == 403)
            #expect(try ask("GET", "/v1/audit/entries").status == 403)
            #expect(try ask("GET", path, purpose: "order").status == 403)
            // The control: a role that it doesn't hold, it sets.
            #expect(try ask("PUT", "/v1/roles/another", own).status == 200)
        }

        /// It grants to a group and joins it later: then it may nothing at all.
        @Test func aGroupThatOneJoinsLaterGivesNothing() throws {
            #expect(try grant("gid:\(Admin.laterGroup)", "dpo").status == 201)
            try expectNothingIsSeen()
            #expect(try ask("GET", "/v1/status").status == 200)
            try expectNothingIsSeen(gid: Admin.laterGroup)
            for path in ["/v1/status", "/v1/grants", "/v1/roles", "/v1/keys"] {
                #expect(try ask("GET", path, gid: Admin.laterGroup).status == 403, "\(path)")
            }
            // The control: for others in the group it holds.
            let other = try vault.ask(
                as: 41353, gid: Admin.laterGroup, "GET", path, purpose: "data-subject-rights")
            #expect(other.status == 200)
        }
    }
}
