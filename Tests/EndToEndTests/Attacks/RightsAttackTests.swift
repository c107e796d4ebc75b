import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Somebody wants to go on with what a person has said no to, or to find whom the law hides.
    @Suite(.needsRoot) struct RightsAttackTests {
        private typealias User = AttackedVault.User

        private static let rights = AttackedVault.rights
        private static let service = "customer-service"
        private static let phone = "+358401234567"
        private static let street = "Vasarakatu 29"
        private static let email = "aino@example.fi"

        private static func person(
            _ reference: String, individual: Int = 917, phone: String = phone
        ) -> String {
            """
            {"kind":"person","reference":"\(reference)","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"email":"\(email)",
             "henkilotunnus":"\(Identifiers.henkilotunnus(individual: individual))",
             "phone":"\(phone)","address":{"street":"\(street)","postalCode":"40320",
              "city":"Jyväskylä","country":"FI"}}}
            """
        }

        private static func set(
            _ attacked: AttackedVault, _ method: String, _ path: String, _ json: String? = nil
        ) throws {
            let answer = try attacked.ask(User.dpo, method, path, rights, json)
            try #require([200, 201].contains(answer.status), "\(answer.body)")
        }

        private static func consent(_ state: String) -> String {
            #"{"purpose":"marketing","state":"\#(state)"}"#
        }

        /// What waits on an open connection when the person says no is refused, or hidden.
        @Test func requestsThatWaitWhenItIsClosedAreRefused() throws {
            let vault = try TestVault(
                grants: TestVault.allRoles.map {
                    "uid:\(geteuid())=\($0)"
                        + (["auditor", "key-custodian"].contains($0)
                            ? "" : TestVault.unlimited)
                } + [
                    "uid:\(User.marketing)=marketing",
                    "uid:\(User.customerService)=customer-service",
                ])
            try vault.start()
            let id = try vault.create(Self.person("WC-1"))
            let path = "/v1/records/" + id
            let given = try vault.connect().ask(
                "POST", path + "/consents", purpose: Self.rights, json: Self.consent("given"))
            try #require(given.status == 201)
            try ReadWhileClosed(
                uid: User.marketing, purpose: "marketing", path: path, secret: Self.email
            ).expectClosed(
                by: ("POST", path + "/consents", Self.rights, Self.consent("withdrawn")), of: vault,
                acknowledged: 201, with: "403")
            let list = ReadWhileClosed(
                uid: User.marketing, purpose: "marketing", path: "/v1/records?purpose=marketing",
                secret: id)
            _ = try vault.connect().ask(
                "POST", path + "/consents", purpose: Self.rights, json: Self.consent("given"))
            try list.expectClosed(
                by: ("POST", path + "/consents", Self.rights, Self.consent("withdrawn")), of: vault,
                acknowledged: 201, with: "200")
            func reading(_ query: String, _ secret: String) -> ReadWhileClosed {
                ReadWhileClosed(
                    uid: User.customerService, purpose: Self.service, path: path + query,
                    secret: secret)
            }
            try reading("?fields=phone", Self.phone).expectClosed(
                by: ("PUT", path + "/protection", Self.rights, #"{"until":"2999-01-01"}"#),
                of: vault, with: "200")
            try reading("", Self.email).expectClosed(
                by: ("PUT", path + "/restriction", Self.rights, #"{"ground":"x"}"#), of: vault,
                with: "423")
        }

        @Test func requestsThatWaitWhenACompanyObjectsAreRefused() throws {
            let vault = try TestVault()
            try vault.start()
            let granted = try vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(User.marketing)","role":"marketing","reason":"x"}"#)
            try #require(granted.status == 201)
            let id = try vault.create(
                #"{"kind":"company","fields":{"name":"Firma","email":"\#(Self.email)"}}"#)
            let path = "/v1/records/" + id
            try ReadWhileClosed(
                uid: User.marketing, purpose: "marketing", path: path, secret: Self.email
            ).expectClosed(
                by: ("PUT", path + "/objections/marketing", Self.rights, "{}"), of: vault,
                with: "403")
        }

        /// Whom marketing may reach, after each of many things that people say, in any order and
        /// with any date.
        @Test func marketingListsNobodyWithoutConsent() throws {
            let seed = UInt64.random(in: 0 ... .max)
            var generator = SeededGenerator(seed)
            let vault = try TestVault()
            try vault.start()
            let connection = try vault.connect()
            struct Person {
                let id: String
                var said: [(state: String, day: Int)] = []
                var isRestricted = false

                /// The last word is a consent, and no withdrawal is dated later.
                var isReached: Bool {
                    guard let last = said.last, last.state == "given" else { return false }
                    return !isRestricted
                        && !said.contains { $0.state == "withdrawn" && $0.day > last.day }
                }
            }
            var people = try (0..<8).map {
                Person(
                    id: try vault.create(
                        Self.person("WC-\($0)", individual: 910 + $0), on: connection))
            }
            var reached = 0
            for _ in 0..<120 {
                let place = Int.random(in: 0..<people.count, using: &generator)
                let path = "/v1/records/" + people[place].id
                switch Int.random(in: 0..<6, using: &generator) {
                case 0:
                    let isRestricted = people[place].isRestricted
                    let answer = try connection.ask(
                        isRestricted ? "DELETE" : "PUT", path + "/restriction",
                        purpose: Self.rights,
                        body: isRestricted ? nil : Array(#"{"ground":"x"}"#.utf8))
                    try #require(answer.status == 200, "\(answer.text)")
                    people[place].isRestricted.toggle()
                case let choice:
                    let state = choice < 4 ? "given" : "withdrawn"
                    let day = Int.random(in: 1...3, using: &generator)
                    let answer = try connection.ask(
                        "POST", path + "/consents", purpose: Self.rights,
                        json: """
                            {"purpose":"marketing","state":"\(state)",
                             "at":"2026-01-0\(day)T00:00:00Z"}
                            """)
                    try #require(answer.status == 201, "\(answer.text)")
                    people[place].said.append((state, day))
                }
                let page = try connection.ask("GET", "/v1/records?purpose=marketing")
                let listed = Set((page.json["items"]?.items ?? []).compactMap { $0["id"]?.text })
                let expected = people.filter(\.isReached).map(\.id)
                try #require(listed == Set(expected), "seed \(seed)")
                reached += listed.count
                for person in people where !listed.contains(person.id) {
                    let read = try connection.ask(
                        "GET", "/v1/records/" + person.id, purpose: "marketing")
                    #expect([403, 423].contains(read.status), "seed \(seed)")
                }
            }
            #expect(reached > 0, "the control, seed \(seed)")
        }

        /// Nobody but the rights roles lifts a restriction, and nothing goes round it.
        @Test func aRestrictionIsNotGoneRound() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(Self.person("WC-1"))
            let id = String(path.suffix(36))
            try Self.set(
                attacked, "PUT", path + "/restriction", #"{"ground":"accuracy-contested"}"#)
            typealias Attempt = (method: String, path: String, json: String?, status: Int)
            let update = #"{"op":"update","id":"\#(id)","fields":{"phone":null}}"#
            let attempts: [Attempt] = [
                ("DELETE", path + "/restriction", nil, 403),
                ("GET", path + "/restriction", nil, 403),
                ("PUT", path + "/restriction", #"{"ground":"x"}"#, 403),
                ("DELETE", path + "/protection", nil, 403),
                ("GET", path, nil, 423), ("GET", path + "?fields=name", nil, 423),
                ("GET", path + "?view=masked", nil, 423),
                ("GET", path + "/contacts", nil, 423), ("GET", path + "/consents", nil, 423),
                ("PATCH", path, #"{"fields":{"phone":null}}"#, 423),
                ("PATCH", path, #"{"fields":{"email":"x@example.fi"}}"#, 423),
                (
                    "POST", path + "/verify",
                    #"{"field":"henkilotunnus","value":"\#(AttackedVault.henkilotunnus)"}"#, 423
                ),
                ("POST", path + "/consents", Self.consent("given"), 423),
                ("PUT", path + "/objections/marketing", "{}", 423),
                ("DELETE", path + "/objections/payment-follow-up", nil, 423),
                ("POST", path + "/erasure", #"{"reason":"x"}"#, 403),
                ("POST", "/v1/batch/read", #"{"ids":["\#(id)"]}"#, 200),
                ("POST", "/v1/batch/write", #"{"operations":[\#(update)]}"#, 200),
                (
                    "POST", "/v1/search",
                    #"{"queries":[{"field":"phone","value":"\#(Self.phone)"}]}"#, 200
                ),
            ]
            for attempt in attempts {
                let answer = try attacked.ask(
                    User.customerService, attempt.method, attempt.path, Self.service, attempt.json)
                #expect(answer.status == attempt.status, "\(attempt) \(answer.body)")
                for value in [Self.phone, Self.street, Self.email, "Korhonen"] {
                    #expect(!answer.contains(value), "\(attempt)")
                }
            }
            for purpose in [Self.rights, "billing", "statutory", "data-subject-rights "] {
                for method in ["DELETE", "GET"] {
                    let refused = try attacked.ask(
                        User.customerService, method, path + "/restriction", purpose)
                    #expect([400, 403].contains(refused.status))
                }
            }
            // The control: nothing has changed, and those who may lift it do.
            let read = try attacked.read(path)
            #expect(JSONValue(of: read)["state"]?.text == "restricted")
            #expect(JSONValue(of: read)["version"]?.integer == 2 && read.contains(Self.phone))
            try Self.set(attacked, "DELETE", path + "/restriction")
            let open = try attacked.ask(User.customerService, "GET", path, Self.service)
            #expect(open.status == 200 && open.contains(Self.phone))
        }

        /// Where a protected person lives and what their phone is, nobody learns by another way.
        @Test func protectedWhereaboutsAreNotGoneRound() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(Self.person("WC-1"))
            let id = String(path.suffix(36))
            let company = try attacked.create(#"{"kind":"company","fields":{"name":"Firma"}}"#)
            let contact = try attacked.create(
                """
                {"kind":"contact","company":"\(company.suffix(36))","fields":{
                 "name":{"given":"Eino","family":"Virtanen"},"phone":"\(Self.phone)"}}
                """)
            func ask(
                _ method: String, _ path: String, _ json: String? = nil, headers: [String] = []
            ) throws -> TestVault.Reply {
                try attacked.ask(
                    User.customerService, method, path, Self.service, json, headers: headers)
            }
            let search = #"{"field":"phone","value":"\#(Self.phone)"}"#
            #expect(try ask("POST", "/v1/search", search).contains(id), "the control")
            for path in [path, contact] {
                try Self.set(attacked, "PUT", path + "/protection", #"{"until":"2999-01-01"}"#)
            }
            let secrets = [
                Self.phone, "1234567", Self.street, "Vasarakatu", "40320", "Jyväskylä", "***67",
            ]
            func expectNothing(
                _ reply: TestVault.Reply, _ way: String,
                sourceLocation: SourceLocation = #_sourceLocation
            ) {
                for secret in secrets {
                    #expect(!reply.contains(secret), "\(way)", sourceLocation: sourceLocation)
                }
            }
            for query in [
                "", "?view=plain", "?view=masked", "?fields=phone", "?fields=address,phone",
                "?fields=phone&view=masked", "?include=sources",
            ] {
                let read = try ask("GET", path + query)
                #expect(read.status == 200 && read.contains("protected"), "\(query) \(read.body)")
                expectNothing(read, "read \(query)")
                expectNothing(try ask("GET", company + "/contacts" + query), "contacts \(query)")
            }
            let batch = try ask("POST", "/v1/batch/read", #"{"ids":["\#(id)"],"fields":["phone"]}"#)
            expectNothing(batch, "batch")
            let found = try ask("POST", "/v1/search", #"{"field":"reference","value":"WC-1"}"#)
            #expect(found.contains(id))
            expectNothing(found, "search by the reference")
            // Not found by the phone, as if nobody had it.
            let miss = try ask("POST", "/v1/search", #"{"field":"phone","value":"+358401234999"}"#)
            #expect(try ask("POST", "/v1/search", search).likeness == miss.likeness)
            let queries = try ask("POST", "/v1/search", #"{"queries":[\#(search)]}"#)
            #expect(!queries.contains(id))
            // Nor verified, right or wrong, by those who might verify it.
            for value in [Self.phone, "+358401234999"] {
                let verified = try ask(
                    "POST", path + "/verify", #"{"field":"phone","value":"\#(value)"}"#)
                #expect(verified.status == 403)
            }
            // Another with the same phone is no duplicate, and a dry run tells nothing either.
            let twin = Self.person("WC-2", individual: 918)
            let dry = #"{"operations":[{"op":"create","dryRun":true,\#(twin.dropFirst())]}"#
            expectNothing(try ask("POST", "/v1/batch/write", dry), "a dry run")
            #expect(try ask("POST", "/v1/batch/write", dry).contains(#""status":200"#))
            // A duplicate by something else names the record and nothing of it.
            let key = ["Idempotency-Key: 6f1f3c1e-0000-4000-8000-000000000001"]
            for _ in 0..<2 {
                let conflict = try ask(
                    "POST", "/v1/records", Self.person("WC-1", individual: 918), headers: key)
                #expect(conflict.status == 409)
                expectNothing(conflict, "a conflict")
            }
            // To set what it is already is a change like any other: the answer doesn't tell.
            for (number, value) in [Self.phone, "+358401234999", Self.phone].enumerated() {
                let version = number + 2
                let changed = try ask(
                    "PATCH", path, #"{"fields":{"phone":"\#(value)"}}"#,
                    headers: [#"If-Match: "\#(version)""#])
                #expect(changed.status == 200, "\(changed.body)")
                expectNothing(changed, "an update")
                let members = JSONValue(of: changed).members ?? []
                #expect(members.map(\.name) == ["id", "version"])
                #expect(members.last?.value.integer == Int64(version + 1))
            }
            for patch in [
                #"{"fields":{"address":{"country":"FI"}}}"#,
                #"{"fields":{"address":{"street":null}}}"#,
                #"{"fields":{"address":{"postalCode":"403"}}}"#,
                #"{"fields":{"address":{"x":1}}}"#, #"{"fields":{"phone":{"x":null}}}"#,
            ] {
                expectNothing(try ask("PATCH", path, patch), patch)
            }
            for (method, path, json) in [
                ("DELETE", path + "/protection", nil), ("GET", path + "/protection", nil),
                ("PUT", path + "/protection", #"{"until":"2027-01-01"}"#),
                ("GET", "/v1/protections?before=3000-01-01T00:00:00Z", nil),
                ("GET", path + "/history", nil), ("GET", path + "/erasure", nil),
            ] {
                let refused = try ask(method, path, json)
                #expect(refused.status == 403, "\(method) \(path)")
                expectNothing(refused, path)
            }
            // The control: those who may see it do, changed by nobody but the last update.
            let read = try attacked.read(path)
            #expect(read.contains(Self.phone) && read.contains("40320"), "\(read.body)")
        }

        /// A contact person's objection is theirs, and closes each way to them.
        @Test func aContactsObjectionHolds() throws {
            let attacked = try AttackedVault()
            let company = try attacked.create(
                #"{"kind":"company","fields":{"name":"Firma","email":"firma@example.fi"}}"#)
            func contact(_ given: String) throws -> String {
                try attacked.create(
                    """
                    {"kind":"contact","company":"\(company.suffix(36))","fields":{
                     "name":{"given":"\(given)","family":"Virtanen"},
                     "email":"\(given.lowercased())@example.fi"}}
                    """)
            }
            let (objecting, other) = (try contact("Eino"), try contact("Maija"))
            func ask(_ path: String, _ json: String? = nil) throws -> TestVault.Reply {
                try attacked.ask(
                    User.marketing, json == nil ? "GET" : "POST", path, "marketing", json)
            }
            #expect(try ask(company + "/contacts").contains("eino@"), "the control")
            let put = try attacked.ask(
                User.customerService, "PUT", objecting + "/objections/marketing", Self.service,
                #"{"source":"company-contact"}"#)
            #expect(put.status == 200)
            let shown = try ask(company + "/contacts")
            #expect(shown.contains("maija@") && !shown.contains("eino@"))
            #expect(!shown.contains(String(objecting.suffix(36))))
            let ids = [objecting, other, company].map { #""\#($0.suffix(36))""# }
            let batch = try ask("/v1/batch/read", #"{"ids":[\#(ids.joined(separator: ","))]}"#)
            let statuses = JSONValue(of: batch)["results"]?.items?.map { $0["status"]?.integer }
            #expect(statuses == [403, 200, 200])
            let listed = try ask("/v1/records?purpose=marketing")
            #expect(!listed.contains(String(objecting.suffix(36))))
            #expect(listed.contains(String(other.suffix(36))))
            // Nor does marketing, or whoever recorded it, take it back as if it were nothing.
            for (uid, purpose) in [(User.marketing, "marketing"), (User.checkout, "order")] {
                let lifted = try attacked.ask(
                    uid, "DELETE", objecting + "/objections/marketing", purpose)
                #expect(lifted.status == 403)
            }
            let other1 = try attacked.ask(
                User.dpo, "GET", objecting + "/objections", Self.rights)
            #expect(JSONValue(of: other1)["items"]?.items?.count == 1)
        }

        /// What proves a consent, and from whom it is known, is sealed like any value.
        @Test func whatProvesAConsentIsWrittenNowhere() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person("WC-1"))
            let path = "/v1/records/" + id
            let (evidence, source) = ("Kanarialomake 7714", "third-party:kanarianlahde")
            let connection = try vault.connect()
            func send(_ method: String, _ path: String, _ members: String) throws -> Answer {
                try connection.ask(
                    method, path, purpose: Self.rights,
                    json: #"{\#(members)"source":"\#(source)","evidence":"\#(evidence)"}"#)
            }
            let consents = path + "/consents"
            #expect(
                try send("POST", consents, #""purpose":"marketing","state":"given","#).status
                    == 201)
            #expect(
                try send("PUT", path + "/objections/payment-follow-up", "").status == 200)
            var answers: [Answer] = []
            for (method, path, members) in [
                ("POST", consents, #""purpose":"order","state":"given","#),
                ("POST", consents, #""purpose":"\#(evidence)","state":"given","#),
                ("POST", consents, #""purpose":"marketing","state":"\#(evidence)","#),
                ("POST", consents, #""purpose":"marketing","state":"given","at":"\#(evidence)","#),
                ("POST", consents, #""\#(evidence)":1,"purpose":"marketing","state":"given","#),
                ("POST", consents, ""), ("PUT", path + "/objections/order", ""),
                ("PUT", path + "/objections/" + "kanarianlahde", ""),
                ("PUT", path + "/restriction", #""ground":"\#(evidence)","#),
                ("PUT", path + "/protection", #""until":"\#(evidence)","#),
                ("POST", "/v1/records/01900000-0000-7000-8000-000000000000/consents", ""),
            ] {
                let wrong = try send(method, path, members)
                #expect(wrong.status >= 400, "\(path) \(members)")
                answers.append(wrong)
            }
            for path in [
                "/v1/audit/entries?limit=1000", path + "/history", path, "/v1/status",
                "/v1/grants", "/v1/records?purpose=marketing", path + "/restriction",
            ] {
                answers.append(try connection.ask("GET", path, purpose: Self.rights))
            }
            answers.append(
                try connection.ask(
                    "GET", path + "?include=sources", purpose: Self.service))
            for answer in answers {
                #expect(
                    !answer.text.contains("anarialomake") && !answer.text.contains("kanarianlahde"),
                    "\(answer.status)")
            }
            // The control: those who may read the histories do.
            let history = try connection.ask("GET", consents, purpose: Self.rights)
            #expect(history.text.contains(evidence) && history.text.contains(source))
            try vault.stop()
            let search = ByteSearch([
                ("evidence", Array(evidence.utf8)), ("source", Array(source.utf8)),
                ("the source's code", Array("kanarianlahde".utf8)),
            ])
            let places = [vault.state, vault.keyringDirectory] + vault.outputs
            #expect(try search.findings(in: places).isEmpty)
            let control = try vault.scratch.write(evidence + source, to: "control")
            #expect(Set(try search.findings(in: [control]).map(\.name)).count == 3, "the control")
        }
    }
}
