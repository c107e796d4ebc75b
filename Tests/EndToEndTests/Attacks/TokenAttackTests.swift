import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Somebody has a token that isn't theirs, or wants one that is worth more.
    @Suite(.needsRoot) struct TokenAttackTests {
        private enum User {
            static let admin: UInt32 = 41401
            static let otherAdmin: UInt32 = 41402
            static let service: UInt32 = 41403
            static let thief: UInt32 = 41404
            static let checkout: UInt32 = 41405
            static let laterGroup: UInt32 = 41409
        }

        private static let rights = AttackedVault.rights
        private static let email = "aino@example.fi"

        private let vault: TestVault
        private let path: String

        init() throws {
            vault = try TestVault(
                grants: [
                    "uid:\(User.admin)=admin", "uid:\(User.otherAdmin)=admin",
                    "uid:\(User.checkout)=checkout",
                ], settings: TestVault.manyStrangers)
            try vault.start()
            let made = try vault.ask(
                as: User.checkout, "POST", "/v1/records", purpose: "order",
                json: TestVault.person("WC-1", email: Self.email))
            path = "/v1/records/" + (try #require(JSONValue(of: made)["id"]?.text))
        }

        /// Makes a token; nil where that is refused.
        private func make(
            _ name: String, for users: [UInt32], as admin: UInt32 = User.admin
        ) throws -> String? {
            let users = users.map { #""uid:\#($0)""# }.joined(separator: ",")
            let made = try vault.ask(
                as: admin, "POST", "/v1/tokens",
                json: #"{"name":"\#(name)","users":[\#(users)],"reason":"x"}"#)
            return JSONValue(of: made)["token"]?.text
        }

        private func grant(
            _ principal: String, _ role: String, as admin: UInt32 = User.admin
        ) throws -> Int {
            try vault.ask(
                as: admin, "POST", "/v1/grants",
                json: #"{"principal":"\#(principal)","role":"\#(role)","reason":"x"}"#
            ).status
        }

        private func read(
            as uid: UInt32, gid: UInt32? = nil, token: String?
        ) throws -> TestVault.Reply {
            try vault.ask(as: uid, gid: gid, "GET", path, purpose: Self.rights, token: token)
        }

        /// The owner reads, the token's text is right, and each other is told the same as of a
        /// token that nobody has.
        @Test func aStolenTokenIsAnUnknownOne() throws {
            let token = try #require(try make("desk", for: [User.service]))
            #expect(try grant("token:desk", "dpo") == 201)
            let unknown = "aitta_" + String(token.dropFirst(6).reversed())
            #expect(unknown != token)
            let stolen = try read(as: User.thief, token: token)
            #expect(stolen.status == 401 && !stolen.contains(Self.email))
            #expect(try read(as: User.thief, token: unknown).likeness == stolen.likeness)
            // Somebody with a role of their own doesn't fall back on that.
            let checkout = try read(as: User.checkout, token: token)
            #expect(checkout.likeness == stolen.likeness)
            // Over one connection, headers included, as root.
            let connection = try vault.connect()
            let answers = try [token, unknown, "aitta_", "x"].map {
                try connection.ask(
                    "GET", path, purpose: Self.rights, headers: [("Authorization", "Bearer " + $0)])
            }
            #expect(Set(answers.map(\.likeness)).count == 1, "\(answers.map(\.likeness))")
            #expect(answers[0].status == 401 && answers[0].code == "bad_token")
            // The control.
            #expect(try read(as: User.service, token: token).contains(Self.email))
        }

        /// What waits on an open connection when a token is revoked is refused.
        @Test func requestsThatWaitWhenATokenIsRevokedAreRefused() throws {
            for (name, fallback) in [("desk", ""), ("front", "dpo")] {
                let token = try #require(try make(name, for: [User.service]))
                #expect(try grant("token:" + name, "dpo") == 201)
                // That the uid may read by itself changes nothing.
                if !fallback.isEmpty { #expect(try grant("uid:\(User.service)", fallback) == 201) }
                try ReadWhileClosed(
                    uid: User.service, purpose: Self.rights, path: path, secret: Self.email,
                    token: token
                ).expectClosed(
                    by: ("DELETE", "/v1/tokens/" + name, nil, nil), of: vault, with: "401")
                #expect(try read(as: User.service, token: token).status == 401)
            }
            #expect(try read(as: User.service, token: nil).contains(Self.email), "the control")
        }

        /// The token of another's grant goes when its last grant does: nothing is left of it.
        @Test func requestsThatWaitWhenATokensGrantIsRevokedAreRefused() throws {
            let token = try #require(try make("desk", for: [User.service]))
            let granted = try vault.ask(
                as: User.admin, "POST", "/v1/grants",
                json: #"{"principal":"token:desk","role":"dpo","reason":"x"}"#)
            let id = try #require(JSONValue(of: granted)["id"]?.text)
            try ReadWhileClosed(
                uid: User.service, purpose: Self.rights, path: path, secret: Self.email,
                token: token
            ).expectClosed(by: ("DELETE", "/v1/grants/" + id, nil, nil), of: vault, with: "403")
        }

        /// By itself, through another admin, through a group, in whichever order.
        @Test func anAdminGetsNoDataByAToken() throws {
            func expectNothing(
                _ token: String?, gid: UInt32? = nil, _ way: Comment,
                sourceLocation: SourceLocation = #_sourceLocation
            ) throws {
                for token in [token, nil] {
                    let refused = try read(as: User.admin, gid: gid, token: token)
                    #expect(
                        [401, 403].contains(refused.status) && !refused.contains(Self.email), way,
                        sourceLocation: sourceLocation)
                    let search = try vault.ask(
                        as: User.admin, gid: gid, "POST", "/v1/search", purpose: Self.rights,
                        token: token, json: #"{"field":"email","value":"\#(Self.email)"}"#)
                    #expect(
                        [401, 403].contains(search.status), way, sourceLocation: sourceLocation)
                }
            }
            let own = try #require(try make("own", for: [User.admin]))
            #expect(try grant("token:own", "dpo") == 403)
            try expectNothing(own, "granted by itself")
            #expect(try grant("token:own", "dpo", as: User.otherAdmin) == 403)
            try expectNothing(own, "granted by another admin")
            #expect(try grant("token:own", "auditor") == 403, "nor any other role")
            // With another user who may, and then made anew for itself.
            let shared = try #require(try make("shared", for: [User.service, User.admin]))
            for admin in [User.admin, User.otherAdmin] {
                #expect(try grant("token:shared", "dpo", as: admin) == 403)
            }
            try expectNothing(shared, "shared")
            let others = try #require(try make("others", for: [User.service]))
            #expect(try grant("token:others", "dpo") == 201)
            try expectNothing(others, "another's")
            #expect(try make("others", for: [User.admin]) == nil, "the name is taken")
            #expect(try vault.ask(as: User.admin, "DELETE", "/v1/tokens/others").status == 200)
            let anew = try #require(try make("others", for: [User.admin]))
            for token in [anew, others] { try expectNothing(token, "made anew") }
            // A group that it joins later, with a token that may something of its own.
            #expect(try grant("gid:\(User.laterGroup)", "dpo") == 201)
            for token in [own, anew] {
                try expectNothing(token, gid: User.laterGroup, "by a group")
            }
            // Who has a token of a kind gets no role of the other.
            let desk = try #require(try make("desk", for: [User.thief]))
            #expect(try grant("token:desk", "dpo") == 201)
            #expect(try grant("uid:\(User.thief)", "admin") == 403)
            #expect(try grant("uid:\(User.thief)", "auditor") == 403)
            // Nor does a service help itself.
            for (method, path, json) in [
                (
                    "POST", "/v1/tokens",
                    #"{"name":"s","users":["uid:\#(User.thief)"],"reason":"x"}"#
                ),
                ("POST", "/v1/grants", #"{"principal":"token:desk","role":"admin","reason":"x"}"#),
                ("GET", "/v1/tokens", nil), ("DELETE", "/v1/tokens/own", nil),
            ] {
                for token in [desk, nil] {
                    let refused = try vault.ask(
                        as: User.thief, method, path, token: token, json: json)
                    #expect(refused.status == 403, "\(method) \(path)")
                }
            }
            // The control: for whom it was made it works, and the admin administers.
            #expect(try read(as: User.thief, token: desk).contains(Self.email))
            #expect(try vault.ask(as: User.admin, "GET", "/v1/status").status == 200)
        }

        /// Written in another way it is no token, and nobody falls back on their own roles.
        @Test func tokensThatPlayTricksOpenNothing() throws {
            let token = try #require(try make("own", for: [0]))
            #expect(try grant("token:own", "key-custodian") == 201)
            let connection = try vault.connect()
            // What root may as admin, and what its token may.
            let (asUser, asToken) = ("/v1/grants", "/v1/keys")
            #expect(try connection.ask("GET", asUser).status == 200)
            func header(_ value: String) -> (String, String) { ("Authorization", value) }
            // The control: the scheme is read in any case, the token is not.
            for scheme in ["Bearer", "bearer", "BEARER"] {
                let headers = [header(scheme + " " + token)]
                #expect(try connection.ask("GET", asToken, headers: headers).status == 200)
                #expect(try connection.ask("GET", asUser, headers: headers).status == 403)
            }
            for value in [
                token, "Token \(token)", "Basic \(token)", "Bearer", "Bearer ", "Bearer  \(token)",
                "Bearer\t\(token)", "Bearer\(token)", "Bearer:\(token)", "Bearer=\(token)",
                "Bearer \"\(token)\"", "Bearer \(token)=", "Bearer \(token)A",
                "Bearer \(token.dropLast())", "Bearer \(token.dropFirst(6))",
                "Bearer AITTA_\(token.dropFirst(6))", "Bearer aitta_\(token)",
                "Bearer \(token.uppercased())", "Bearer \(token), Bearer \(token)",
                "Bearer \(token);x", "Bearer \(token) x", "Bearer \(token)%00",
                "Bearer \(token.dropLast()) ", "Bearer " + String(repeating: "A", count: 4000),
                "Bearer aitta_" + String(repeating: "/", count: 43), "x", "\u{E9}",
            ] {
                for path in [asUser, asToken] {
                    let answer = try connection.ask("GET", path, headers: [header(value)])
                    #expect(answer.status == 401 && answer.code == "bad_token", "\(value.count)")
                }
            }
            // What HTTP allows in no header ends the connection or is malformed.
            for value in [
                "Bearer \(token)\u{0}", "\u{0}Bearer \(token)", "Bearer\u{0}\(token)",
                "Bearer\r\n \(token)", "Bearer \(token)\u{1}", "Bearer \(token)\rX: y",
            ] {
                let broken = try vault.connect()
                let head = HTTPConnection.head("GET", asToken, nil, [header(value)], bodyCount: nil)
                try broken.send(head)
                broken.endSending()
                let answer = try? broken.answer()
                #expect(answer.map { [400, 401].contains($0.status) } ?? true, "\(value.count)")
            }
            // Where no token belongs it is none.
            for name in ["Proxy-Authorization", "X-Authorization", "Cookie", "Authorisation"] {
                let answer = try connection.ask("GET", asUser, headers: [(name, "Bearer " + token)])
                #expect(answer.status == 200, "\(name)")
            }
            #expect(try connection.ask("GET", asUser + "?access_token=" + token).status == 400)
        }

        /// The name under which a token is handed on inside means nothing outside.
        @Test func theInnerHeaderHasNoEffect() throws {
            let token = try #require(try make("desk", for: [User.service]))
            #expect(try grant("token:desk", "dpo") == 201)
            let digest = try Command.run(
                [
                    "/usr/bin/env", "python3", "-c",
                    "import base64,hashlib,sys; t = sys.stdin.read()[6:];"
                        + " print(hashlib.sha256(base64.urlsafe_b64decode(t + '=')).hexdigest())",
                ], input: token)
            let inner = digest.output.trimmingCharacters(in: .whitespacesAndNewlines)
            try #require(inner.count == 64)
            for name in ["Aitta-Presented-Token", "aitta-presented-token"] {
                for value in [inner, inner.uppercased(), token, ""] {
                    let header = "\(name): \(value)"
                    let alone = try vault.ask(
                        as: User.service, "GET", path, purpose: Self.rights, headers: [header])
                    #expect(alone.status == 403 && !alone.contains(Self.email))
                    // Beside a token that is none it doesn't take its place, before or after.
                    for order in [
                        [header, "Authorization: Bearer x"], ["Authorization: Bearer x", header],
                    ] {
                        let beside = try vault.ask(
                            as: User.service, "GET", path, purpose: Self.rights, headers: order)
                        #expect(beside.status == 401)
                    }
                    // Nor does it keep from what one may: the control for both.
                    let beside = try vault.ask(
                        as: User.service, "GET", path, purpose: Self.rights, token: token,
                        headers: [header])
                    #expect(beside.contains(Self.email))
                }
            }
            // As a token's text the digest is none either.
            #expect(try read(as: User.service, token: inner).status == 401)
        }

        /// An answer is repeated under the token that it was given under, and no other.
        @Test func aRepeatedRequestGivesNothingOfAnotherTokens() throws {
            let shop = try #require(try make("shop", for: [User.service]))
            let other = try #require(try make("other", for: [User.service]))
            let third = try #require(try make("third", for: [User.service]))
            for principal in [
                "token:shop", "token:other", "token:third", "uid:\(User.service)",
            ] {
                #expect(try grant(principal, "checkout") == 201)
            }
            let key = "Idempotency-Key: 6f1f3c1e-0000-4000-8000-0000000000"
            func person(_ reference: String) -> String {
                AttackedVault.person(
                    reference,
                    henkilotunnus: Identifiers.henkilotunnus(
                        individual: 940 + reference.utf8.count))
            }
            func create(_ token: String?, _ body: String) throws -> TestVault.Reply {
                try vault.ask(
                    as: User.service, "POST", "/v1/records", purpose: "order", token: token,
                    headers: [key + "01"], json: body)
            }
            func batch(_ token: String?, _ body: String) throws -> TestVault.Reply {
                try vault.ask(
                    as: User.service, "POST", "/v1/batch/write", purpose: "order", token: token,
                    headers: [key + "02"],
                    json: #"{"operations":[{"op":"create",\#(body.dropFirst())]}"#)
            }
            for (send, body, another) in [
                (create, person("WC-10"), person("WC-100")),
                (batch, person("WC-1000"), person("WC-10000")),
            ] {
                let first = try send(shop, body)
                let id = String(
                    try #require(first.body.firstMatch(of: /"id":"([0-9a-f-]{36})"/)).1)
                #expect(try send(shop, body).body == first.body, "the control")
                for token in [other, nil] {
                    let stolen = try send(token, body)
                    #expect(stolen.contains("duplicate") && !stolen.contains(id), "\(stolen.body)")
                }
                // The same key is anybody's own.
                let own = try send(third, another)
                #expect(own.body.contains(#""id":""#) && !own.contains(id), "\(own.body)")
            }
        }
    }
}
