import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Whoever may not know whether somebody is there compares answers to the last header, and times
    /// them.
    @Suite(.needsRoot) struct LikenessAttackTests {
        private typealias User = AttackedVault.User

        private static let service = "customer-service"
        private static let phone = "+358401234567"
        private static let unknown = "/v1/records/01900000-0000-7000-8000-000000000000"

        private static func set(
            _ attacked: AttackedVault, _ method: String, _ path: String, _ json: String? = nil
        ) throws {
            let answer = try attacked.ask(User.dpo, method, path, AttackedVault.rights, json)
            try #require([200, 201].contains(answer.status), "\(answer.body)")
        }

        /// An answer with its headers, but for the request's id and the time.
        private static func whole(
            _ attacked: AttackedVault, _ uid: UInt32, _ method: String, _ path: String,
            _ purpose: String?, _ json: String?
        ) throws -> String {
            var arguments = [
                "curl", "-sS", "-i", "--globoff", "--unix-socket", attacked.vault.socket, "-X",
                method, "-H", "Content-Type: application/json",
            ]
            if let purpose { arguments += ["-H", "Aitta-Purpose: " + purpose] }
            if json != nil { arguments += ["--data-binary", "@-"] }
            let run = try Command.run(
                arguments + ["http://vault" + path], input: json ?? "", uid: uid)
            try #require(run.status == 0, "\(run.error)")
            let lines = run.output.split(whereSeparator: \.isNewline)
            return lines.filter { line in
                !["date:", "aitta-request-id:"].contains { line.lowercased().hasPrefix($0) }
            }.joined(separator: "\n").replacing(#/"requestId":"[^"]*"/#, with: "")
        }

        private static func person(_ number: Int, phone: String = phone) -> String {
            AttackedVault.person(
                "WC-\(number)", henkilotunnus: Identifiers.henkilotunnus(individual: 910 + number)
            ).replacing(Self.phone, with: phone)
        }

        @Test func refusalsAreAlikeToTheLastHeader() throws {
            let attacked = try AttackedVault()
            var paths = try (0..<5).map {
                try attacked.create(Self.person($0, phone: "+35840123456\($0)"))
            }
            try Self.set(attacked, "POST", paths[1] + "/erasure", #"{"reason":"x"}"#)
            try Self.set(attacked, "PUT", paths[2] + "/restriction", #"{"ground":"x"}"#)
            try Self.set(attacked, "PUT", paths[3] + "/protection", #"{"until":"2999-01-01"}"#)
            try Self.set(
                attacked, "POST", paths[4] + "/consents",
                #"{"purpose":"marketing","state":"given"}"#)
            paths.append(Self.unknown)
            let consent = #"{"purpose":"marketing","state":"given"}"#
            typealias Attempt = (
                uid: UInt32, method: String, suffix: String, purpose: String?, json: String?
            )
            let attempts: [Attempt] = [
                (User.nobody, "GET", "", Self.service, nil),
                (User.nobody, "GET", "/consents", Self.service, nil),
                (User.nobody, "PUT", "/restriction", AttackedVault.rights, #"{"ground":"x"}"#),
                (User.billing, "PATCH", "", "billing", #"{"fields":{"email":null}}"#),
                (User.billing, "GET", "/consents", "billing", nil),
                (User.billing, "POST", "/consents", "billing", consent),
                (User.billing, "PUT", "/objections/payment-follow-up", "payment-follow-up", "{}"),
                (User.checkout, "GET", "", "order", nil),
                (User.checkout, "GET", "/objections", "order", nil),
                (User.marketing, "GET", "", "order", nil),
                (User.marketing, "GET", "?fields=phone", "marketing", nil),
                (User.marketing, "POST", "/consents", "marketing", consent),
                (User.customerService, "GET", "/restriction", Self.service, nil),
                (User.customerService, "DELETE", "/restriction", Self.service, nil),
                (User.customerService, "GET", "/protection", Self.service, nil),
                (
                    User.customerService, "PUT", "/protection", Self.service,
                    #"{"until":"2027-01-01"}"#
                ),
                (User.customerService, "GET", "?fields=billing", Self.service, nil),
                (User.customerService, "POST", "/erasure", Self.service, #"{"reason":"x"}"#),
                (
                    User.customerService, "POST", "/verify", Self.service,
                    #"{"field":"phone","value":"\#(Self.phone)"}"#
                ),
            ]
            for attempt in attempts {
                let answers = try paths.map {
                    try Self.whole(
                        attacked, attempt.uid, attempt.method, $0 + attempt.suffix,
                        attempt.purpose, attempt.json)
                }
                #expect(Set(answers).count == 1, "\(attempt): \(Set(answers))")
                #expect(answers[0].contains(" 403 "), "\(attempt): \(answers[0])")
            }
            // The control: whoever may know is told each apart, but for what isn't hidden from them.
            let read = try paths.map {
                try Self.whole(attacked, User.customerService, "GET", $0, Self.service, nil)
            }
            #expect(Set(read).count == 6)
        }

        /// A person whom the purpose doesn't reach looks the same, whatever they said before; and
        /// found by a value, like nobody.
        @Test func theUnreachableAreAlikeToTheLastHeader() throws {
            let attacked = try AttackedVault()
            let set = try attacked.vault.connect().ask(
                "PUT", "/v1/roles/outreach",
                json: """
                    {"kind":"data","reason":"x","permissions":[
                     {"operations":["read","search","verify","update"],"fields":"all",
                      "view":"plain","purposes":["marketing"]}]}
                    """)
            try #require(set.status == 200, "\(set.text)")
            let granted = try attacked.vault.connect().ask(
                "POST", "/v1/grants",
                json: #"{"principal":"uid:\#(User.nobody)","role":"outreach","reason":"x"}"#)
            try #require(granted.status == 201)
            let paths = try (0..<3).map {
                try attacked.create(Self.person($0, phone: "+35840123456\($0)"))
            }
            for state in ["given", "withdrawn"] {
                for path in [paths[1], paths[2]] where path == paths[1] || state == "given" {
                    try Self.set(
                        attacked, "POST", path + "/consents",
                        #"{"purpose":"marketing","state":"\#(state)"}"#)
                }
            }
            func ask(_ method: String, _ path: String, _ json: String? = nil) throws -> String {
                try Self.whole(attacked, User.nobody, method, path, "marketing", json)
            }
            for (method, suffix, json) in [
                ("GET", "", nil), ("GET", "?fields=phone&view=masked", nil),
                ("PATCH", "", #"{"fields":{"phone":null}}"#),
                ("POST", "/verify", #"{"field":"phone","value":"+358401234560"}"#),
            ] {
                let answers = try paths.map { try ask(method, $0 + suffix, json) }
                #expect(answers[0] == answers[1], "\(method) \(suffix)")
                #expect(answers[0].contains(" 403 ") && answers[2].contains(" 200 "), "the control")
            }
            func search(_ field: String, _ value: String) throws -> String {
                try ask("POST", "/v1/search", #"{"field":"\#(field)","value":"\#(value)"}"#)
            }
            for (field, values, miss, hit) in [
                ("reference", ["WC-0", "WC-1"], "WC-77", "WC-2"),
                ("phone", ["+358401234560", "+358401234561"], "+358401234599", nil),
                (
                    "henkilotunnus",
                    [910, 911].map { Identifiers.henkilotunnus(individual: $0) },
                    Identifiers.henkilotunnus(individual: 977), nil
                ),
            ] as [(String, [String], String, String?)] {
                let answers = try (values + [miss]).map { try search(field, $0) }
                #expect(Set(answers).count == 1, "\(field)")
                if let hit { #expect(try search(field, hit) != answers[0], "the control") }
            }
        }

        /// Whom the law hides is not found by their phone in a time of its own.
        ///
        /// The bound is coarse: it would notice work for each field of the record, or a wait.
        @Test func aProtectedPersonTakesNoTimeOfTheirOwn() throws {
            let count = 400
            let loader: UInt32 = 41380
            let unlimited = TestVault.unlimited
            let vault = try TestVault(
                grants: ["checkout", "dpo"].map { "uid:\(loader)=\($0)" + unlimited }
                    + ["uid:\(geteuid())=customer-service" + unlimited])
            try vault.start()
            func load(
                _ method: String, _ path: String, _ purpose: String, _ json: String
            ) throws -> JSONValue {
                JSONValue(
                    of: try vault.ask(as: loader, method, path, purpose: purpose, json: json))
            }
            let made = try load("POST", "/v1/records", "order", Self.person(1))
            let id = try #require(made["id"]?.text)
            let connection = try vault.connect()
            func search(_ phone: String) throws -> (answer: Answer, nanoseconds: Int64) {
                let began = ContinuousClock.now
                let answer = try connection.ask(
                    "POST", "/v1/search", purpose: Self.service,
                    json: #"{"field":"phone","value":"\#(phone)"}"#)
                let duration = began.duration(to: .now)
                return (answer, duration.components.attoseconds / 1_000_000_000)
            }
            #expect(try search(Self.phone).answer.text.contains(id), "the control")
            _ = try load(
                "PUT", "/v1/records/\(id)/protection", AttackedVault.rights,
                #"{"until":"2999-01-01"}"#)
            var times: [[Int64]] = [[], []]
            for turn in 0..<(count + 50) {
                for (place, phone) in [Self.phone, "+358409999999"].enumerated() {
                    let (answer, nanoseconds) = try search(phone)
                    try #require(answer.json["matches"]?.items?.isEmpty == true)
                    // The first ones warm up.
                    if turn >= 50 { times[place].append(nanoseconds) }
                }
            }
            let medians = times.map { Double($0.sorted()[count / 2]) / 1000 }
            let ratio = medians[0] / medians[1]
            print("protected \(medians[0]) µs, nobody \(medians[1]) µs, ratio \(ratio)")
            #expect((0.5...2).contains(ratio), "\(medians) µs")
        }
    }
}
