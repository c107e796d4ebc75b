import StrictJSON
import Testing

extension EndToEnd {
    /// Somebody who may see something tries to see more.
    @Suite(.needsRoot) struct FieldAttackTests {
        private typealias User = AttackedVault.User
        private static let service = "customer-service"

        @Test func aMaskedFieldStaysMasked() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let id = String(path.suffix(36))
            let henkilotunnus = AttackedVault.henkilotunnus
            typealias Attempt = (method: String, path: String, json: String?, status: Int)
            let attempts: [Attempt] = [
                ("GET", path + "?fields=henkilotunnus&view=plain", nil, 403),
                ("GET", path + "?fields=name,henkilotunnus&view=plain", nil, 403),
                ("GET", path + "?fields=name%2Chenkilotunnus&view=plain", nil, 403),
                ("GET", path + "?view=plain", nil, 200),
                ("GET", path + "?include=sources&view=plain", nil, 200),
                ("GET", path + "?fields=henkilotunnus&view=masked&view=plain", nil, 400),
                ("GET", path + "?fields=name&fields=henkilotunnus", nil, 400),
                ("GET", path + "?view=PLAIN&fields=henkilotunnus", nil, 400),
                ("GET", path + "?include=plain", nil, 400),
                ("GET", path + "?purpose=data-subject-rights", nil, 400),
                ("GET", path + "?henkilotunnus=" + henkilotunnus, nil, 400),
                ("GET", "/v1/records?henkilotunnus=" + henkilotunnus, nil, 400),
                // A list's purpose is the header's, and must be granted like it.
                ("GET", "/v1/records?purpose=data-subject-rights", nil, 400),
                ("GET", "/v1/records?purpose=customer-service", nil, 403),
                ("GET", path + "/contacts?fields=henkilotunnus&view=plain", nil, 403),
                (
                    "POST", "/v1/search",
                    #"{"field":"henkilotunnus","value":"\#(henkilotunnus)"}"#, 403
                ),
                (
                    "POST", "/v1/search",
                    #"{"field":"phone","value":"+358401234567","fields":["henkilotunnus"],"view":"plain"}"#,
                    403
                ),
                (
                    "POST", "/v1/search",
                    #"{"field":"phone","value":"+358401234567","view":"plain"}"#, 200
                ),
                (
                    "POST", "/v1/search",
                    #"{"field":"phone","value":"+358401234567","filter":{"henkilotunnus":"\#(henkilotunnus)"}}"#,
                    400
                ),
                (
                    "POST", "/v1/search",
                    #"{"queries":[{"field":"henkilotunnus","value":"\#(henkilotunnus)"}]}"#, 200
                ),
                (
                    "POST", "/v1/batch/read",
                    #"{"ids":["\#(id)"],"fields":["henkilotunnus"],"view":"plain"}"#, 403
                ),
                ("PATCH", path, #"{"fields":{"henkilotunnus":null}}"#, 403),
                ("PATCH", path, #"{"fields":{"email":null,"henkilotunnus":null}}"#, 403),
                (
                    "PATCH", path,
                    #"{"fields":{"henkilotunnus":"\#(AttackedVault.otherHenkilotunnus)"}}"#, 403
                ),
            ]
            for attempt in attempts {
                let answer = try attacked.ask(
                    User.customerService, attempt.method, attempt.path, Self.service, attempt.json)
                #expect(answer.status == attempt.status, "\(attempt) \(answer.body)")
                #expect(!answer.contains(henkilotunnus) && !answer.contains(AttackedVault.iban))
                if attempt.json?.contains("queries") == true {
                    #expect(answer.contains("not_granted") && !answer.contains(id))
                }
            }
            // The control: it is there, whole, and shown to whom it may be.
            let read = try attacked.read(path)
            #expect(read.contains(henkilotunnus) && read.contains(AttackedVault.iban))
            #expect(JSONValue(of: read)["version"]?.integer == 1)
            let masked = try attacked.ask(
                User.customerService, "GET", path + "?fields=henkilotunnus", Self.service)
            #expect(masked.status == 200 && masked.contains("******-****"))
        }

        /// Several users guess over many connections at once: together they get five answers.
        @Test func guessingEndsForAllAtOnce() throws {
            let attacked = try AttackedVault()
            let guessers = (0..<4).map { UInt32(41340 + $0) }
            for guesser in guessers {
                let granted = try attacked.vault.connect().ask(
                    "POST", "/v1/grants",
                    json: #"{"principal":"uid:\#(guesser)","role":"customer-service","reason":"x"}"#
                )
                try #require(granted.status == 201)
            }
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let other = try attacked.create(
                AttackedVault.person("WC-2", henkilotunnus: AttackedVault.otherHenkilotunnus))
            func guess(_ path: String, _ value: String) -> (String, String, String?, String?) {
                (
                    "POST", path + "/verify", Self.service,
                    #"{"field":"henkilotunnus","value":"\#(value)"}"#
                )
            }
            let wrong = (0..<15).map {
                guess(path, Identifiers.henkilotunnus(individual: 920 + $0))
            }
            let right = [guess(path, AttackedVault.henkilotunnus)]
            let clients = try (guessers + guessers).map { uid in
                try UserClient(wrong + right, uid: uid, gid: uid, to: attacked.vault)
            }
            let answers = try clients.flatMap { try $0.answers() }
            let misses = answers.filter { $0 == "200\t{\"match\":false}" }
            // Whoever came first may still have had the right value confirmed.
            let hits = answers.filter { $0 == "200\t{\"match\":true}" }
            #expect(misses.count == 5)
            let refusals = answers.filter {
                $0.hasPrefix("429\t") && $0.contains("too_many_attempts")
            }
            #expect(misses.count + hits.count + refusals.count == answers.count)
            #expect(hits.isEmpty)
            for uid in guessers + [User.customerService] {
                let late = try UserClient(right, uid: uid, gid: uid, to: attacked.vault).answers()
                #expect(late.allSatisfy { $0.hasPrefix("429\t") })
            }
            let unharmed = [guess(other, AttackedVault.otherHenkilotunnus)]
            let control = try UserClient(
                unharmed, uid: guessers[0], gid: guessers[0], to: attacked.vault
            ).answers()
            #expect(control == ["200\t{\"match\":true}"])
        }

        /// A change that would make a twin says so, and not of whom, to whoever couldn't search.
        @Test func conflictsNameNobody() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let other = try attacked.create(
                AttackedVault.person("WC-2", henkilotunnus: AttackedVault.otherHenkilotunnus))
            let twin = try attacked.ask(
                User.checkout, "PATCH", other, "order",
                #"{"fields":{"henkilotunnus":"\#(AttackedVault.henkilotunnus)"}}"#)
            #expect(twin.status == 409 && !twin.contains("existing"), "\(twin.body)")
            #expect(!twin.contains(String(path.suffix(36))))
            let created = try attacked.ask(
                User.checkout, "POST", "/v1/records", "order", AttackedVault.person("WC-3"))
            #expect(created.status == 409 && !created.contains("existing"), "\(created.body)")
            #expect(!created.contains(AttackedVault.henkilotunnus))
            // The control: who may search by it is told.
            let known = try attacked.ask(
                User.customerService, "PATCH", other, Self.service,
                #"{"fields":{"reference":"WC-1"}}"#)
            #expect(known.status == 409 && known.contains(String(path.suffix(36))))
        }

        /// Whoever may not know is told the same, whether a record or a value is there or not.
        @Test func refusalsAreAlike() throws {
            let attacked = try AttackedVault()
            let live = try attacked.create(AttackedVault.person("WC-1"))
            let without = try attacked.create(
                AttackedVault.person(
                    "WC-2", henkilotunnus: AttackedVault.otherHenkilotunnus, billing: false))
            let erased = try attacked.create(
                AttackedVault.person(
                    "WC-3", henkilotunnus: Identifiers.henkilotunnus(individual: 919)))
            let erasure = try attacked.ask(
                User.dpo, "POST", erased + "/erasure", AttackedVault.rights, #"{"reason":"x"}"#)
            try #require(erasure.status == 200)
            let unknown = "/v1/records/01900000-0000-7000-8000-000000000000"
            let none = "/v1/records/none"
            typealias Attempt = (
                uid: UInt32, method: String, suffix: String, purpose: String?, json: String?
            )
            let attempts: [Attempt] = [
                (User.nobody, "GET", "", Self.service, nil),
                (User.nobody, "GET", "", nil, nil),
                (User.nobody, "GET", "/erasure", nil, nil),
                (User.nobody, "GET", "/history", nil, nil),
                (User.nobody, "GET", "/contacts", "order", nil),
                (User.nobody, "POST", "/verify", Self.service, #"{"field":"email","value":"x"}"#),
                (User.nobody, "POST", "/erasure", AttackedVault.rights, #"{"reason":"x"}"#),
                (User.nobody, "PATCH", "", Self.service, #"{"fields":{"email":null}}"#),
                (User.billing, "PATCH", "", "billing", #"{"fields":{"email":null}}"#),
                (User.checkout, "GET", "", "order", nil),
                (User.customerService, "GET", "", "billing", nil),
                (User.customerService, "GET", "?fields=billing", Self.service, nil),
                (User.customerService, "GET", "/history", Self.service, nil),
                (
                    User.customerService, "POST", "/verify", Self.service,
                    #"{"field":"email","value":"aino@example.fi"}"#
                ),
                (User.customerService, "PATCH", "", Self.service, #"{"fields":{"billing":null}}"#),
                (
                    User.customerService, "PATCH", "", Self.service,
                    #"{"fields":{"billing":{"eInvoiceAddress":"003712345678"}}}"#
                ),
                (
                    User.customerService, "PATCH", "", Self.service,
                    #"{"fields":{"billing":{"method":null}}}"#
                ),
            ]
            for attempt in attempts {
                let answers = try [live, without, erased, unknown].map {
                    try attacked.ask(
                        attempt.uid, attempt.method, $0 + attempt.suffix, attempt.purpose,
                        attempt.json)
                }
                #expect(
                    Set(answers.map(\.likeness)).count == 1,
                    "\(attempt): \(answers.map(\.likeness))")
                #expect(answers.allSatisfy { [400, 403].contains($0.status) }, "\(attempt)")
            }
            // What is no id is told apart for those alone who may ask.
            let stranger = try attacked.ask(User.nobody, "GET", none, Self.service)
            #expect(stranger.status == 403)
            // The control: whoever may know is told.
            #expect(
                try [live, erased, unknown].map { try attacked.read($0).status }
                    == [200, 410, 404])
        }

        /// A person whom a purpose doesn't reach is not found, like one who isn't there.
        @Test func theUnreachableAreNotFound() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let connection = try attacked.vault.connect()
            let set = try connection.ask(
                "PUT", "/v1/roles/outreach",
                json: """
                    {"kind":"data","reason":"x","permissions":[
                     {"operations":["read","search","create"],"fields":"all","view":"plain",
                      "purposes":["marketing"]}]}
                    """)
            try #require(set.status == 200, "\(set.text)")
            let granted = try connection.ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(User.nobody)","role":"outreach","reason":"x"}"#)
            try #require(granted.status == 201)
            func search(_ field: String, _ value: String) throws -> TestVault.Reply {
                try attacked.ask(
                    User.nobody, "POST", "/v1/search", "marketing",
                    #"{"field":"\#(field)","value":"\#(value)"}"#)
            }
            for (field, hit, miss) in [
                ("email", "aino@example.fi", "eino@example.fi"),
                ("henkilotunnus", AttackedVault.henkilotunnus, AttackedVault.otherHenkilotunnus),
                ("reference", "WC-1", "WC-2"), ("name", "Korhonen", "Virtanen"),
            ] {
                let found = try search(field, hit)
                #expect(found.status == 200)
                #expect(try search(field, miss).likeness == found.likeness, "\(field)")
            }
            #expect(try attacked.ask(User.nobody, "GET", path, "marketing").status == 403)
            // A company of the same reference is refused, and not told because of whom.
            let company = #"{"kind":"company","reference":"WC-1","fields":{"name":"Firma"}}"#
            let twin = try attacked.ask(User.nobody, "POST", "/v1/records", "marketing", company)
            #expect(twin.status == 409 && !twin.contains("existing"), "\(twin.body)")
            // The control: a company is reached.
            let other = #"{"kind":"company","reference":"WC-9","fields":{"name":"Firma"}}"#
            #expect(
                try attacked.ask(User.nobody, "POST", "/v1/records", "marketing", other).status
                    == 201)
            #expect(try search("reference", "WC-9").contains("Firma"))
        }
    }
}
