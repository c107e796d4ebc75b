import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// P6: the kernel says who calls; what no grant allows is refused.
    @Suite(.needsRoot) struct RoleTests {
        private enum User {
            static let customerService: UInt32 = 41001
            static let billing: UInt32 = 41002
            static let checkout: UInt32 = 41003
            static let dpo: UInt32 = 41004
            static let marketing: UInt32 = 41005
            static let admin: UInt32 = 41006
            static let keyCustodian: UInt32 = 41007
            static let auditor: UInt32 = 41008
            static let nobody: UInt32 = 41009
            static let overflow: UInt32 = 65534
            static let group: UInt32 = 41050
        }

        private static let henkilotunnus = Identifiers.henkilotunnus(individual: 917)
        private static let iban = Identifiers.iban("1234560000078")
        private static let person = """
            {"kind":"person","reference":"WC-1","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"henkilotunnus":"\(henkilotunnus)",
             "address":{"street":"Vasarakatu 29","postalCode":"40320","city":"Jyväskylä",
              "country":"FI"},
             "phone":"+358401234567","email":"aino@example.fi","billing":{"iban":"\(iban)"}}}
            """

        private static func vault() throws -> TestVault {
            let vault = try TestVault(grants: [
                "uid:\(User.customerService)=customer-service", "uid:\(User.billing)=billing",
                "uid:\(User.checkout)=checkout", "uid:\(User.dpo)=dpo",
                "uid:\(User.marketing)=marketing", "uid:\(User.admin)=admin",
                "uid:\(User.keyCustodian)=key-custodian", "uid:\(User.auditor)=auditor",
                "gid:\(User.group)=dpo",
            ])
            try vault.start()
            return vault
        }

        private static func create(in vault: TestVault) throws -> String {
            let made = try vault.ask(
                as: User.checkout, "POST", "/v1/records", purpose: "order", json: person)
            try #require(made.status == 201, "\(made.body)")
            let id = try #require(made.body.firstMatch(of: /"id":"([0-9a-f-]{36})"/))
            return "/v1/records/" + id.1
        }

        @Test func eachRoleSeesItsFields() throws {
            let vault = try Self.vault()
            let path = try Self.create(in: vault)
            let service = try vault.ask(
                as: User.customerService, "GET", path, purpose: "customer-service")
            #expect(service.status == 200)
            #expect(service.contains("Vasarakatu 29") && service.contains("******-****"))
            #expect(!service.contains(Self.henkilotunnus) && !service.contains(Self.iban))
            let billing = try vault.ask(as: User.billing, "GET", path, purpose: "billing")
            #expect(billing.contains(Self.iban) && billing.contains("******-****"))
            #expect(!billing.contains(Self.henkilotunnus))
            let marketing = try vault.ask(as: User.marketing, "GET", path, purpose: "marketing")
            // Only consent opens a person for marketing, and nobody has given it.
            #expect(!marketing.contains("aino@example.fi") && !marketing.contains("Korhonen"))
            let dpo = try vault.ask(as: User.dpo, "GET", path, purpose: "data-subject-rights")
            #expect(dpo.contains(Self.henkilotunnus) && dpo.contains(Self.iban))
            let group = try vault.ask(
                as: 41051, gid: User.group, "GET", path, purpose: "data-subject-rights")
            #expect(group.contains(Self.henkilotunnus))
        }

        @Test func verifyTellsWithoutShowing() throws {
            let vault = try Self.vault()
            let path = try Self.create(in: vault)
            for (value, isMatch) in [
                (Self.henkilotunnus, true), (Identifiers.henkilotunnus(individual: 918), false),
            ] {
                let answer = try vault.ask(
                    as: User.customerService, "POST", path + "/verify",
                    purpose: "customer-service",
                    json: #"{"field":"henkilotunnus","value":"\#(value)"}"#)
                #expect(answer.status == 200 && answer.contains("\"match\":\(isMatch)"))
            }
            let refused = try vault.ask(
                as: User.customerService, "POST", path + "/verify", purpose: "customer-service",
                json: #"{"field":"billing","value":{}}"#)
            #expect(refused.status == 403)
        }

        @Test func whatNoGrantAllowsIsRefused() throws {
            let vault = try Self.vault()
            let path = try Self.create(in: vault)
            let scope =
                "/v1/audit/scope?principal=uid:\(User.dpo)"
                + "&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z"
            let email = #"{"field":"email","value":"aino@example.fi"}"#
            typealias Attempt = (
                uid: UInt32, method: String, path: String, purpose: String?, json: String?,
                status: Int
            )
            let attempts: [Attempt] = [
                // A field, an operation, a purpose that the role doesn't have.
                (
                    User.customerService, "GET", path + "?fields=billing", "customer-service", nil,
                    403
                ),
                (
                    User.customerService, "GET", path + "?fields=henkilotunnus&view=plain",
                    "customer-service", nil, 403
                ),
                (User.customerService, "GET", path, "billing", nil, 403),
                (User.customerService, "GET", path, "data-subject-rights", nil, 403),
                (User.customerService, "GET", path, "no-such-purpose", nil, 403),
                (User.customerService, "GET", path, nil, nil, 400),
                (
                    User.customerService, "POST", path + "/erasure", "customer-service",
                    #"{"reason":"x"}"#, 403
                ),
                (User.checkout, "GET", path, "order", nil, 403),
                (User.checkout, "POST", "/v1/search", "order", email, 403),
                (User.marketing, "GET", path + "?fields=phone", "marketing", nil, 403),
                (User.billing, "PATCH", path, "billing", #"{"fields":{"phone":null}}"#, 403),
                (User.customerService, "GET", path + "/history", "customer-service", nil, 403),
                (User.admin, "GET", path + "/history", nil, nil, 403),
                (User.customerService, "GET", scope, "customer-service", nil, 403),
                (User.admin, "GET", scope, nil, nil, 403),
                (User.dpo, "GET", "/v1/grants", nil, nil, 403),
                (User.dpo, "GET", "/v1/status", nil, nil, 403),
                // Nobody at all, and whom the kernel can't name, in whatever group.
                (User.nobody, "GET", path, "customer-service", nil, 403),
                (User.nobody, "GET", "/v1/keys", nil, nil, 403),
                (User.overflow, "GET", path, "data-subject-rights", nil, 403),
            ]
            for attempt in attempts {
                let answer = try vault.ask(
                    as: attempt.uid, attempt.method, attempt.path, purpose: attempt.purpose,
                    json: attempt.json)
                #expect(answer.status == attempt.status, "\(attempt) \(answer.body)")
                #expect(!answer.contains("Korhonen"))
            }
            let overflow = try vault.ask(
                as: User.overflow, gid: User.group, "GET", path, purpose: "data-subject-rights")
            #expect(overflow.status == 403)
            let read = try vault.ask(as: User.dpo, "GET", path, purpose: "data-subject-rights")
            #expect(read.contains("+358401234567"), "no attempt changed anything")
        }

        @Test func administratorsSeeNobody() throws {
            let vault = try Self.vault()
            let path = try Self.create(in: vault)
            let administrators = [User.admin, User.keyCustodian, User.auditor]
            for uid in administrators {
                for purpose in ["data-subject-rights", "customer-service", "billing", "order"] {
                    #expect(try vault.ask(as: uid, "GET", path, purpose: purpose).status == 403)
                    let search = try vault.ask(
                        as: uid, "POST", "/v1/search", purpose: purpose,
                        json: #"{"field":"reference","value":"WC-1"}"#)
                    #expect(search.status == 403)
                    let list = try vault.ask(as: uid, "GET", "/v1/records", purpose: purpose)
                    #expect(list.status == 403)
                }
                #expect(try vault.ask(as: uid, "GET", "/v1/status").status == 200)
                #expect(try vault.ask(as: uid, "GET", "/v1/keys").status == 200)
            }
            let entries = try vault.ask(as: User.auditor, "GET", "/v1/audit/entries?limit=1000")
            #expect(entries.status == 200 && entries.contains("not_granted"))
            #expect(!entries.contains("Korhonen") && !entries.contains(Self.henkilotunnus))
            #expect(try vault.ask(as: User.admin, "GET", "/v1/audit/entries").status == 403)
        }

        @Test func dutiesStaySeparate() throws {
            let vault = try Self.vault()
            _ = try Self.create(in: vault)
            func grant(_ uid: UInt32, _ role: String) throws -> TestVault.Reply {
                try vault.ask(
                    as: User.admin, "POST", "/v1/grants",
                    json: #"{"principal":"uid:\#(uid)","role":"\#(role)","reason":"test"}"#)
            }
            #expect(try grant(User.admin, "dpo").status == 403)
            #expect(try grant(User.auditor, "dpo").status == 403)
            let search = #"{"field":"reference","value":"WC-1"}"#
            #expect(
                try vault.ask(
                    as: User.nobody, "POST", "/v1/search", purpose: "billing", json: search
                ).status == 403)
            let granted = try grant(User.nobody, "billing")
            #expect(granted.status == 201, "\(granted.body)")
            #expect(
                try vault.ask(
                    as: User.nobody, "POST", "/v1/search", purpose: "billing", json: search
                ).contains("Korhonen"))
            let id = try #require(granted.body.firstMatch(of: /"id":"([0-9a-f-]{36})"/))
            #expect(try vault.ask(as: User.admin, "DELETE", "/v1/grants/\(id.1)").status == 200)
            #expect(
                try vault.ask(
                    as: User.nobody, "POST", "/v1/search", purpose: "billing", json: search
                ).status == 403)
        }
    }
}
