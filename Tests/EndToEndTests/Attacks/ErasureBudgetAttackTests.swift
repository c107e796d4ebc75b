import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// A captured account wants to destroy more than its budget.
    @Suite(.needsRoot) struct ErasureBudgetAttackTests {
        private enum User {
            static let eraser: UInt32 = 41431
            static let loader: UInt32 = 41432
            static let unbounded: UInt32 = 41433
        }

        private typealias Request = (
            method: String, path: String, purpose: String?, body: String?
        )
        private static let budget = 20
        private static let rights = AttackedVault.rights

        private let vault: TestVault

        init() throws {
            let seeing = ",records-per-hour=unlimited,searches-per-hour=unlimited"
            func grants(_ uid: UInt32, _ erasures: String) -> [String] {
                ["dpo", "checkout"].map {
                    "uid:\(uid)=\($0)\(seeing),erasures-per-hour=\(erasures)"
                }
            }
            vault = try TestVault(
                grants: grants(User.eraser, "\(Self.budget)") + grants(User.loader, "0")
                    + grants(User.unbounded, "unlimited")
                    + grants(geteuid(), "\(Self.budget)")
                    + ["uid:\(geteuid())=admin", "uid:\(geteuid())=auditor"])
            try vault.start()
        }

        private func send(
            _ requests: [Request], as uid: UInt32, connections: Int = 1
        ) throws -> [Substring] {
            try UserClient(
                requests, uid: uid, gid: uid, connections: connections, to: vault
            ).answers()
        }

        private func people(_ count: Int) throws -> [String] {
            try send(
                (0..<count).map { number in
                    (
                        "POST", "/v1/records", "order",
                        """
                        {"kind":"person","reference":"WC-\(number)","fields":{
                         "name":{"given":"Aino","family":"Korhonen"},
                         "phone":"+35840\(1_000_000 + number)","email":"a\(number)@example.fi"}}
                        """
                    )
                }, as: User.loader
            ).map {
                String(try #require($0.firstMatch(of: #/^201\t{"id":"([0-9a-f-]{36})"/#)).1)
            }
        }

        private static func whole(_ id: String) -> Request {
            ("POST", "/v1/records/\(id)/erasure", rights, #"{"reason":"attack"}"#)
        }

        /// Each way to destroy keys, turn by turn.
        private static func destruction(of id: String, _ place: Int) -> Request {
            switch place % 4 {
            case 0: whole(id)
            case 1:
                (
                    "POST", "/v1/records/\(id)/erasure", rights,
                    #"{"reason":"attack","compartments":["contact"]}"#
                )
            case 2: ("PATCH", "/v1/records/\(id)", "order", #"{"fields":{"phone":null}}"#)
            default:
                (
                    "POST", "/v1/batch/write", "order",
                    #"{"operations":[{"op":"update","id":"\#(id)","fields":{"phone":null}}]}"#
                )
            }
        }

        /// Whose phone is still there.
        private func untouched(_ ids: [String]) throws -> Int {
            try send(ids.map { ("GET", "/v1/records/" + $0, Self.rights, nil) }, as: User.loader)
                .count { $0.hasPrefix("200\t") && $0.contains("+35840") }
        }

        /// Over many connections, by every way, over a crash and an orderly restart.
        @Test func nobodyDestroysMoreThanTheirBudget() throws {
            let seed = UInt64.random(in: 0 ... .max)
            var generator = SeededGenerator(seed)
            let ids = try people(100)
            var requests = ids.enumerated().map { Self.destruction(of: $1, $0) }
            requests.shuffle(using: &generator)
            let answers = try send(requests, as: User.eraser, connections: 32)
            #expect(answers.contains { $0.hasPrefix("429\t") && $0.contains("over_budget") })
            #expect(try untouched(ids) == 100 - Self.budget, "seed \(seed)")
            for stop in [vault.kill, { _ = try vault.stop() }] {
                try stop()
                try vault.start()
                let later = try send(requests, as: User.eraser, connections: 8)
                #expect(later.contains { $0.contains("over_budget") })
                #expect(try untouched(ids) == 100 - Self.budget, "seed \(seed)")
            }
            // The control: whom nothing bounds destroys them all.
            _ = try send(ids.map(Self.whole), as: User.unbounded, connections: 8)
            #expect(try untouched(ids) == 0)
        }

        /// A crash in the middle gives nothing back: what was on disk counts.
        @Test func aCrashUnderWayRenewsNothing() throws {
            let ids = try people(60)
            let bytes = ids.flatMap { id in
                let body = Array(#"{"reason":"attack"}"#.utf8)
                return HTTPConnection.head(
                    "POST", "/v1/records/\(id)/erasure", Self.rights, bodyCount: body.count) + body
            }
            let crashes = 3
            for _ in 0..<crashes {
                let connection = try vault.connect()
                try connection.send(bytes)
                for _ in 0..<4 { _ = try connection.answer() }
                try vault.kill()
                try vault.start()
            }
            let own = try vault.connect()
            for id in ids {
                let answer = try own.ask(
                    "POST", "/v1/records/\(id)/erasure", purpose: Self.rights,
                    json: #"{"reason":"attack"}"#)
                #expect(answer.status == 200 || answer.code == "over_budget")
            }
            // What the ledger had and the log had not is carried out at the start, on nobody's account: one
            // request at most that was under way at each crash.
            let left = 60 - Self.budget
            #expect((left - crashes...left).contains(try untouched(ids)))
        }

        /// The answer says when to try again, the log and the metrics tell of it, and an administrator can
        /// raise the budget at once.
        @Test func theRefusalIsSeenAndTheBudgetRaised() throws {
            let ids = try people(1)
            let refused = try send([Self.whole(ids[0])], as: User.loader)
            #expect(refused[0].hasPrefix("429\t") && refused[0].contains("over_budget"))
            let own = try vault.connect()
            let metrics = try own.ask("GET", "/metrics").text
            #expect(metrics.contains(#"aitta_budget_refusals_total{kind="erasures"} 1"#))
            let entries = try own.ask("GET", "/v1/audit/entries?limit=1000").json["items"]?.items
            let refusals = (entries ?? []).filter { $0["outcome"]?.text == "over_budget" }
            #expect(refusals.map { $0["op"]?.text } == ["erase"])
            let raised = try own.ask(
                "POST", "/v1/grants",
                json: """
                    {"principal":"uid:\(User.loader)","role":"dpo","reason":"cleaning",
                     "budgets":{"erasuresPerHour":1}}
                    """)
            #expect(raised.status == 201)
            let erased = try send([Self.whole(ids[0])], as: User.loader)
            #expect(erased[0].hasPrefix("200\t"))
        }
    }
}
