import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Somebody without any grant asks and asks.
    @Suite(.needsRoot) struct FloodAttackTests {
        private typealias User = AttackedVault.User
        private typealias Request = (
            method: String, path: String, purpose: String?, body: String?
        )

        @Test func strangersFillNothing() throws {
            let attacked = try AttackedVault()
            let path = try attacked.create(AttackedVault.person("WC-1"))
            let strangers = (0..<3).map { UInt32(41370 + $0) }
            let began = Date()
            let clients = try strangers.map { uid in
                try UserClient(requests(path), uid: uid, gid: uid, to: attacked.vault)
            }
            // Those who may are served meanwhile.
            for _ in 0..<10 { #expect(try attacked.read(path).status == 200) }
            let answers = try clients.flatMap { try $0.answers() }
            #expect(answers.count == 3 * 2000)
            #expect(!answers.contains { $0.contains("Korhonen") || $0.hasPrefix("201\t") })
            let refused = answers.filter { $0.hasPrefix("403\t") || $0.hasPrefix("400\t") }
            let batches = answers.filter { $0.hasPrefix("200\t{\"results\":") }
            #expect(refused.count + batches.count == answers.count)
            #expect(batches.allSatisfy { !$0.contains("\"status\":2") })
            // One entry for each of them, and one more for each minute that began meanwhile.
            let minutes = Int(Date().timeIntervalSince(began) / 60) + 1
            for uid in strangers {
                let count = try entries(of: uid, attacked)
                #expect((1...(1 + minutes)).contains(count), "\(count) entries")
            }
            #expect(try entries(of: User.dpo, attacked) >= 10, "the control")
            #expect(try replays(attacked.vault) == 0)
        }

        /// The control for the rows that are kept: of those who may create, they are.
        @Test func rowsAreKeptForThoseWhoMayCreate() throws {
            let attacked = try AttackedVault()
            for (uid, count) in [(User.nobody, 0), (User.billing, 0), (User.checkout, 1)] {
                let key = "Idempotency-Key: 6f1f3c1e-0000-4000-8000-00000000000\(uid % 10)"
                let create = #"{"op":"create",\#(AttackedVault.person("WC-1").dropFirst())"#
                let written = try attacked.ask(
                    uid, "POST", "/v1/batch/write", "order", #"{"operations":[\#(create)]}"#,
                    headers: [key])
                #expect(written.status == 200)
                #expect(try replays(attacked.vault) == count)
            }
        }

        private func requests(_ path: String) -> [Request] {
            let create = #"{"op":"create",\#(AttackedVault.person("WC-9").dropFirst())"#
            let update =
                #"{"op":"update","id":"\#(path.suffix(36))","fields":{"email":null}}"#
            let operations = Array(repeating: [create, update], count: 50).joined()
            let batch = #"{"operations":[\#(operations.joined(separator: ","))]}"#
            let kinds: [Request] = [
                ("GET", path, "customer-service", nil), ("GET", path, nil, nil),
                ("GET", path, "no-such-purpose", nil),
                ("POST", "/v1/search", "billing", #"{"field":"email","value":"x"}"#),
                ("POST", path + "/verify", "billing", #"{"field":"email","value":"x"}"#),
                ("POST", "/v1/records", "order", AttackedVault.person("WC-9")),
                ("GET", "/v1/status", nil, nil), ("GET", "/v1/audit/entries", nil, nil),
                ("POST", "/v1/grants", nil, #"{"principal":"uid:1","role":"dpo","reason":"x"}"#),
                ("POST", "/v1/batch/read", "order", #"{"ids":["\#(path.suffix(36))"]}"#),
                ("GET", path + "/erasure", nil, nil), ("GET", path + "/history", nil, nil),
            ]
            let plain = (0..<1960).map { kinds[$0 % kinds.count] }
            return plain + Array(repeating: ("POST", "/v1/batch/write", "order", batch), count: 40)
        }

        private func entries(of uid: UInt32, _ attacked: AttackedVault) throws -> Int {
            var count = 0
            var after = ""
            while true {
                let page = JSONValue(
                    of: try attacked.ask(User.dpo, "GET", "/v1/audit/entries?limit=1000" + after))
                let items = try #require(page["items"]?.items)
                count += items.filter { $0["uid"]?.integer == Int64(uid) }.count
                guard let next = page["next"]?.text else { return count }
                after = "&after=" + next
            }
        }

        /// How many rows are kept for repeated requests.
        private func replays(_ vault: TestVault) throws -> Int? {
            let run = try Command.run([
                "python3", "-c",
                "import sqlite3,sys; d = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True);"
                    + " print(d.execute('SELECT count(*) FROM replays').fetchone()[0])",
                vault.database,
            ])
            try #require(run.status == 0, "\(run.error)")
            return Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}
