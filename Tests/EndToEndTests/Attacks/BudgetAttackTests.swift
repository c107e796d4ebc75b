import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// A captured service wants to see more than its budget.
    @Suite(.needsRoot) struct BudgetAttackTests {
        private enum User {
            static let reader: UInt32 = 41421
            static let searcher: UInt32 = 41422
            static let prober: UInt32 = 41423
            static let loader: UInt32 = 41424
            static let unbounded: UInt32 = 41425
        }

        private typealias Request = (
            method: String, path: String, purpose: String?, body: String?
        )
        private static let service = "customer-service"
        private static let budget = 20

        private let vault: TestVault

        init() throws {
            let unlimited = ",records-per-hour=unlimited,searches-per-hour=unlimited"
            let records = ",records-per-hour=\(Self.budget),searches-per-hour=unlimited"
            let searches = ",records-per-hour=unlimited,searches-per-hour=\(Self.budget)"
            vault = try TestVault(grants: [
                "uid:\(User.reader)=customer-service" + records,
                "uid:\(User.searcher)=customer-service" + searches,
                "uid:\(User.prober)=checkout" + searches,
                "uid:\(User.loader)=checkout" + unlimited, "uid:\(User.loader)=dpo" + unlimited,
                "uid:\(User.unbounded)=customer-service" + unlimited,
                "uid:\(geteuid())=customer-service" + records,
                "uid:\(geteuid())=dpo" + records,
            ])
            try vault.start()
        }

        private func send(
            _ requests: [Request], as uid: UInt32, connections: Int = 1
        ) throws -> [Substring] {
            try UserClient(
                requests, uid: uid, gid: uid, connections: connections, to: vault
            ).answers()
        }

        private static func person(_ number: Int) -> String {
            let henkilotunnus = Identifiers.henkilotunnus(
                birth: "\(10 + number / 100)1055", individual: 900 + number % 100)
            return """
                {"kind":"person","reference":"WC-\(number)","fields":{
                 "name":{"given":"Aino","family":"Korhonen"},
                 "henkilotunnus":"\(henkilotunnus)","phone":"+35840\(1_000_000 + number)"}}
                """
        }

        /// Creates records; answers their ids.
        private func create(_ bodies: [String]) throws -> [String] {
            try send(bodies.map { ("POST", "/v1/records", "order", $0) }, as: User.loader).map {
                String(try #require($0.firstMatch(of: #/^201\t{"id":"([0-9a-f-]{36})"/#)).1)
            }
        }

        private func people(_ count: Int) throws -> [String] {
            try create((0..<count).map(Self.person))
        }

        /// The records that answers show, however they came.
        private static func shown(_ answers: [Substring]) -> Set<String> {
            var ids: Set<String> = []
            func collect(_ json: JSONValue) {
                if json["fields"]?.members != nil, let id = json["id"]?.text { ids.insert(id) }
                for member in json.members ?? [] { collect(member.value) }
                for item in json.items ?? [] { collect(item) }
            }
            for answer in answers {
                let body = answer.utf8.drop { $0 != UInt8(ascii: "\t") }.dropFirst()
                collect((try? JSONParser.parse(Array(body))) ?? .null)
            }
            return ids
        }

        /// Single reads, batches, searches and contacts at once, over 64 connections.
        @Test func manyConnectionsSeeNoMoreThanOne() throws {
            let seed = UInt64.random(in: 0 ... .max)
            var generator = SeededGenerator(seed)
            let people = try people(200)
            let companies = try create(
                (0..<10).map { #"{"kind":"company","fields":{"name":"Firma \#($0)"}}"# })
            let contacts = try create(
                companies.flatMap { company in
                    ["Eino", "Maija"].map {
                        """
                        {"kind":"contact","company":"\(company)","fields":{
                         "name":{"given":"\($0)","family":"Virtanen"}}}
                        """
                    }
                })
            var requests: [Request] = people.map {
                ("GET", "/v1/records/" + $0, Self.service, nil)
            }
            for number in 0..<200 {
                requests.append(
                    (
                        "POST", "/v1/search", Self.service,
                        #"{"field":"reference","value":"WC-\#(number)"}"#
                    ))
            }
            for _ in 0..<40 {
                let ids = people.shuffled(using: &generator).prefix(10).map { "\"\($0)\"" }
                requests.append(
                    (
                        "POST", "/v1/batch/read", Self.service,
                        #"{"ids":[\#(ids.joined(separator: ","))]}"#
                    ))
            }
            requests += companies.map {
                ("GET", "/v1/records/\($0)/contacts", Self.service, nil)
            }
            requests.shuffle(using: &generator)
            let answers = try send(requests, as: User.reader, connections: 64)
            let shown = Self.shown(answers)
            #expect(shown.count <= Self.budget, "\(shown.count) shown, seed \(seed)")
            // Each that was counted was shown, but for companies whose contacts were asked for, and
            // what was counted with others that there was no more room for.
            #expect(shown.count >= Self.budget / 2, "\(shown.count) shown, seed \(seed)")
            #expect(answers.contains { $0.hasPrefix("429\t") && $0.contains("over_budget") })
            // Later, and whatever is asked: nothing but the same again.
            let again = try send(requests.reversed(), as: User.reader, connections: 8)
            #expect(shown.union(Self.shown(again)).count <= Self.budget, "seed \(seed)")
            // The control: whom nothing bounds sees them all, contacts included.
            let all = Self.shown(try send(requests, as: User.unbounded, connections: 8))
            #expect(all == Set(people + contacts))
        }

        /// Neither a crash, with answers under way, nor an orderly restart renews a budget.
        @Test func aRestartRenewsNoBudget() throws {
            let people = try people(60)
            let bytes = people.flatMap {
                HTTPConnection.head("GET", "/v1/records/" + $0, Self.service, bodyCount: nil)
            }
            var shown: Set<String> = []
            func take(_ answer: Answer) {
                guard answer.status == 200, let id = answer.json["id"]?.text else { return }
                shown.insert(id)
            }
            let connection = try vault.connect()
            try connection.send(bytes)
            for _ in 0..<10 { take(try connection.answer()) }
            try vault.kill()
            while let answer = try? connection.answer() { take(answer) }
            #expect(shown.count >= 10)
            for stop in [vault.kill, { _ = try vault.stop() }, {}] {
                try vault.start()
                let connection = try vault.connect()
                for id in people.shuffled() {
                    let answer = try connection.ask(
                        "GET", "/v1/records/" + id, purpose: Self.service)
                    #expect(answer.status == 200 || answer.code == "over_budget")
                    take(answer)
                }
                #expect(shown.count <= Self.budget)
                try stop()
            }
            // The control: what was seen before may be seen still, and somebody else sees them all.
            #expect(shown.count >= Self.budget / 2)
            let control = try send(
                people.map { ("GET", "/v1/records/" + $0, Self.service, nil) },
                as: User.unbounded)
            #expect(Self.shown(control).count == people.count)
        }

        /// Whether somebody is known is told as often as a search would tell it, whichever way it is
        /// asked, and a crash doesn't renew that either.
        @Test func probingForDuplicatesCountsAsSearching() throws {
            _ = try people(300)
            func item(_ number: Int, _ more: String) -> String {
                #"{"op":"create",\#(Self.person(number).dropFirst().dropLast())\#(more)}"#
            }
            func batch(_ numbers: Range<Int>, _ more: String) -> Request {
                let items = numbers.map { item($0, more) }.joined(separator: ",")
                return ("POST", "/v1/batch/write", "order", #"{"operations":[\#(items)]}"#)
            }
            var requests: [Request] = []
            for first in stride(from: 0, to: 100, by: 5) {
                requests.append(batch(first..<(first + 5), ""))
                requests.append(batch((100 + first)..<(105 + first), #","dryRun":true"#))
                requests += (0..<5).map {
                    ("POST", "/v1/records", "order", Self.person(200 + first + $0))
                }
            }
            func told(_ answers: [Substring]) -> Int {
                answers.reduce(0) { $0 + $1.ranges(of: #""code":"duplicate""#).count }
            }
            let answers = try send(requests, as: User.prober, connections: 32)
            let count = told(answers)
            #expect(count == Self.budget, "\(count) told")
            #expect(answers.contains { $0.contains("over_budget") })
            try vault.kill()
            try vault.start()
            let later = told(try send(requests, as: User.prober, connections: 8))
            #expect(later == 0, "\(later) told after a crash")
            // The control: whom nothing bounds is told of each.
            let control = try send(requests, as: User.loader, connections: 8)
            #expect(told(control) == 300)
        }

        @Test func searchesOverManyConnectionsAreBounded() throws {
            _ = try people(100)
            func query(_ number: Int) -> String {
                #"{"field":"reference","value":"WC-\#(number)"}"#
            }
            var requests: [Request] = (0..<100).map {
                ("POST", "/v1/search", Self.service, query($0))
            }
            for first in stride(from: 0, to: 100, by: 10) {
                let queries = (first..<(first + 10)).map(query).joined(separator: ",")
                requests.append(("POST", "/v1/search", Self.service, #"{"queries":[\#(queries)]}"#))
            }
            requests.shuffle()
            func answered(_ answers: [Substring]) -> Int {
                answers.reduce(0) { $0 + $1.ranges(of: #""matches":["#).count }
            }
            #expect(
                answered(try send(requests, as: User.searcher, connections: 32)) == Self.budget)
            #expect(answered(try send(requests, as: User.unbounded)) == 200, "the control")
        }

        /// Over its budget, nobody learns whether somebody is there.
        @Test func overBudgetHitsAndMissesAreAlike() throws {
            let people = try people(30)
            let erased = people[29]
            let erasure = try send(
                [
                    (
                        "POST", "/v1/records/\(erased)/erasure", AttackedVault.rights,
                        #"{"reason":"x"}"#
                    )
                ], as: User.loader)
            try #require(erasure[0].hasPrefix("200\t"))
            let unknown = "01900000-0000-7000-8000-000000000000"
            let connection = try vault.connect()
            func ask(
                _ method: String, _ path: String, _ json: String? = nil,
                for purpose: String = Self.service
            ) throws -> Answer {
                try connection.ask(
                    method, path, purpose: purpose, body: json.map { Array($0.utf8) })
            }
            func search(_ number: Int) throws -> Answer {
                try ask("POST", "/v1/search", #"{"field":"reference","value":"WC-\#(number)"}"#)
            }
            // The control: within it, they are told apart.
            #expect(try search(0).likeness != search(999).likeness)
            for id in people.prefix(Self.budget) {
                #expect(try ask("GET", "/v1/records/" + id).status == 200)
            }
            let new = people[25]
            func expectAlike(_ name: Comment, _ answers: [Answer]) {
                // The time to wait goes down by itself.
                let alike = Set(
                    answers.map { $0.likeness.replacing(#/retry-after: \d+/#, with: "") })
                #expect(alike.count == 1, name)
                for answer in answers {
                    #expect(answer.code == "over_budget", name)
                    let seconds = answer.headers["retry-after"].flatMap { Int($0) } ?? 0
                    #expect((1...3600).contains(seconds), name)
                }
            }
            func expectAlike(
                _ method: String, _ suffix: String, _ json: String? = nil,
                for purpose: String = Self.service
            ) throws {
                let paths = [new, erased, unknown].map { "/v1/records/" + $0 + suffix }
                expectAlike(
                    "\(method) \(suffix)",
                    try paths.map { try ask(method, $0, json, for: purpose) })
            }
            expectAlike("searches", try [0, 25, 29, 999].map { try search($0) })
            try expectAlike("GET", "")
            for individual in [925, 926] {
                let value = Identifiers.henkilotunnus(birth: "101055", individual: individual)
                try expectAlike(
                    "POST", "/verify", #"{"field":"henkilotunnus","value":"\#(value)"}"#)
            }
            try expectAlike("PATCH", "", #"{"fields":{"phone":null}}"#)
            try expectAlike("GET", "/contacts")
            try expectAlike("GET", "/consents")
            try expectAlike("POST", "/consents", #"{"purpose":"marketing","state":"given"}"#)
            try expectAlike("GET", "/objections")
            try expectAlike("PUT", "/objections/payment-follow-up", "{}")
            try expectAlike("DELETE", "/objections/payment-follow-up")
            let rights = AttackedVault.rights
            for (suffix, json) in [
                ("/restriction", #"{"ground":"x"}"#), ("/protection", #"{"until":"2999-01-01"}"#),
            ] {
                try expectAlike("GET", suffix, for: rights)
                try expectAlike("PUT", suffix, json, for: rights)
                try expectAlike("DELETE", suffix, for: rights)
            }
            try expectAlike("POST", "/erasure", #"{"reason":"x"}"#, for: rights)
            let batch = try ask(
                "POST", "/v1/batch/read", #"{"ids":["\#(new)","\#(erased)","\#(unknown)"]}"#)
            let results = batch.json["results"]?.items ?? []
            #expect(batch.code == "over_budget" || Set(results.map { "\($0)" }).count == 1)
        }

        /// A user and a token of theirs have a budget each, and a service makes itself no further one.
        @Test func aServiceMakesItselfNoFurtherBudget() throws {
            let people = try people(40)
            let admin = try vault.connect()
            func make() throws -> String? {
                let made = try admin.ask(
                    "POST", "/v1/tokens",
                    json: #"{"name":"desk","users":["uid:\#(User.reader)"],"reason":"x"}"#)
                let granted = try admin.ask(
                    "POST", "/v1/grants",
                    json: """
                        {"principal":"token:desk","role":"customer-service","reason":"x",
                         "budgets":{"recordsPerHour":5}}
                        """)
                try #require(granted.status == 201, "\(granted.text)")
                return made.json["token"]?.text
            }
            let token = try #require(try make())
            func shown(_ token: String?) throws -> Int {
                Self.shown(
                    try UserClient(
                        people.map { ("GET", "/v1/records/" + $0, Self.service, nil) },
                        uid: User.reader, gid: User.reader, token: token, to: vault
                    ).answers()
                ).count
            }
            #expect(try [shown(token), shown(nil), shown(token), shown(nil)] == [5, 20, 5, 20])
            for token in [token, nil] {
                for (method, path, json) in [
                    (
                        "POST", "/v1/tokens",
                        #"{"name":"more","users":["uid:\#(User.reader)"],"reason":"x"}"#
                    ),
                    (
                        "POST", "/v1/grants",
                        #"{"principal":"token:desk","role":"customer-service","reason":"x","budgets":{"recordsPerHour":"unlimited"}}"#
                    ),
                    ("DELETE", "/v1/tokens/desk", nil), ("GET", "/v1/tokens", nil),
                ] {
                    let refused = try vault.ask(
                        as: User.reader, method, path, token: token, json: json)
                    #expect(refused.status == 403, "\(method) \(path)")
                }
            }
            // Another purpose of the same role, or another group, is no other budget.
            let work = try send(
                people.map { ("GET", "/v1/records/" + $0, "work-orders", nil) }, as: User.reader)
            #expect(Self.shown(work) == Set(people.prefix(Self.budget)))
            // Nor is a token that was made anew under the same name.
            _ = try admin.ask("DELETE", "/v1/tokens/desk")
            let anew = try #require(try make())
            let more = try UserClient(
                people.reversed().map { ("GET", "/v1/records/" + $0, Self.service, nil) },
                uid: User.reader, gid: User.reader, token: anew, to: vault
            ).answers()
            #expect(Self.shown(more) == Set(people.prefix(5)))
        }

        /// Whoever asks on over its budget doesn't fill the log.
        @Test func refusalsOverBudgetFillNoLog() throws {
            let people = try people(30)
            let requests: [Request] = (0..<1500).map {
                switch $0 % 3 {
                case 0: ("GET", "/v1/records/" + people[$0 % 30], Self.service, nil)
                case 1:
                    (
                        "POST", "/v1/search", Self.service,
                        #"{"field":"reference","value":"WC-\#($0)"}"#
                    )
                default:
                    ("POST", "/v1/batch/read", Self.service, #"{"ids":["\#(people[29])"]}"#)
                }
            }
            _ = try send(
                people.prefix(20).map { ("GET", "/v1/records/" + $0, Self.service, nil) },
                as: User.reader)
            let began = Date()
            let answers = try send(requests, as: User.reader, connections: 8)
            let refused = answers.count { $0.hasPrefix("429\t") }
            #expect(refused >= 1000)
            let minutes = Int(Date().timeIntervalSince(began) / 60) + 1
            let count = try entries(of: User.reader, outcome: "over_budget")
            #expect((1...(1 + minutes)).contains(count), "\(count) entries")
            #expect(try entries(of: User.reader, outcome: "ok") >= 20, "the control")
        }

        private func entries(of uid: UInt32, outcome: String) throws -> Int {
            var count = 0
            var after = ""
            while true {
                let page = JSONValue(
                    of: try vault.ask(
                        as: User.loader, "GET", "/v1/audit/entries?limit=1000" + after))
                let items = try #require(page["items"]?.items)
                count += items.count {
                    $0["uid"]?.integer == Int64(uid) && $0["outcome"]?.text == outcome
                }
                guard let next = page["next"]?.text else { return count }
                after = "&after=" + next
            }
        }
    }
}
