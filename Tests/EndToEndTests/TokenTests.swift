import Foundation
import Testing

extension EndToEnd {
    /// Two services under one uid, told apart by their tokens.
    @Suite(.needsRoot) struct TokenTests {
        private static let service: UInt32 = 41101
        private static let other: UInt32 = 41102
        private static let admin: UInt32 = 41103
        private static let henkilotunnus = Identifiers.henkilotunnus(individual: 921)

        private static func make(_ name: String, in vault: TestVault) throws -> String {
            let made = try vault.ask(
                as: admin, "POST", "/v1/tokens",
                json: #"{"name":"\#(name)","users":["uid:\#(service)"],"reason":"web-shop"}"#)
            try #require(made.status == 201, "\(made.body)")
            return String(
                try #require(made.body.firstMatch(of: /"token":"(aitta_[A-Za-z0-9_-]{43})"/)).1)
        }

        private static func grant(
            _ principal: String, _ role: String, in vault: TestVault
        ) throws -> TestVault.Reply {
            try vault.ask(
                as: admin, "POST", "/v1/grants",
                json: #"{"principal":"\#(principal)","role":"\#(role)","reason":"web-shop"}"#)
        }

        @Test func servicesOfOneUidAreToldApart() throws {
            let vault = try TestVault(grants: ["uid:\(Self.admin)=admin"])
            try vault.start()
            let shop = try Self.make("shop", in: vault)
            let desk = try Self.make("desk", in: vault)
            #expect(try Self.grant("token:shop", "checkout", in: vault).status == 201)
            #expect(try Self.grant("token:desk", "dpo", in: vault).status == 201)
            let person = """
                {"kind":"person","fields":{"name":{"given":"Aino","family":"Korhonen"},
                 "henkilotunnus":"\(Self.henkilotunnus)"}}
                """
            let made = try vault.ask(
                as: Self.service, "POST", "/v1/records", purpose: "order", token: shop,
                json: person)
            #expect(made.status == 201)
            let path =
                "/v1/records/"
                + (try #require(made.body.firstMatch(of: /"id":"([0-9a-f-]{36})"/))).1
            func read(as uid: UInt32, token: String?) throws -> TestVault.Reply {
                try vault.ask(
                    as: uid, "GET", path, purpose: "data-subject-rights", token: token)
            }
            #expect(try read(as: Self.service, token: desk).contains(Self.henkilotunnus))
            #expect(try read(as: Self.service, token: shop).status == 403)
            #expect(try read(as: Self.service, token: nil).status == 403)
            // A stolen token, from another uid and from root.
            for thief in [Self.other, 0] {
                let stolen = try read(as: thief, token: desk)
                #expect(stolen.status == 401 && stolen.contains("bad_token"))
            }
            // What stands for a token inside is none outside.
            let malformed = try read(as: Self.service, token: String(repeating: "0", count: 64))
            #expect(malformed.status == 401)
            #expect(
                try vault.ask(as: Self.admin, "DELETE", "/v1/tokens/desk").status == 200)
            #expect(try read(as: Self.service, token: desk).status == 401)
            // Health is answered whatever is presented.
            #expect(try vault.ask(as: Self.other, "GET", "/healthz", token: desk).status == 200)
            try vault.stop()
            for file in try FileManager.default.subpathsOfDirectory(atPath: vault.scratch.path) {
                let bytes = FileManager.default.contents(atPath: vault.scratch.path + "/" + file)
                for token in [shop, desk] {
                    #expect(bytes?.range(of: Data(token.utf8)) == nil, "in \(file)")
                    #expect(bytes?.range(of: Data(token.dropFirst(6).utf8)) == nil, "in \(file)")
                }
            }
        }

        /// Two Authorization headers are no token, whichever of them would be one.
        @Test func oneTokenIsPresentedAtATime() throws {
            let vault = try TestVault(grants: ["uid:\(Self.admin)=admin"])
            try vault.start()
            let made = try vault.ask(
                as: Self.admin, "POST", "/v1/tokens",
                json: #"{"name":"own","users":["uid:0"],"reason":"web-shop"}"#)
            let token = String(
                try #require(made.body.firstMatch(of: /"token":"(aitta_[A-Za-z0-9_-]{43})"/)).1)
            #expect(try Self.grant("token:own", "key-custodian", in: vault).status == 201)
            let connection = try vault.connect()
            let header = ("Authorization", "Bearer " + token)
            #expect(try connection.ask("GET", "/v1/status", headers: [header]).status == 200)
            for headers in [[header, header], [header, ("authorization", "x")]] {
                #expect(try connection.ask("GET", "/v1/status", headers: headers).status == 401)
            }
        }
    }
}
