import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// What is read out of the audit log for whom a record is about, and about a caller.
    @Suite struct ReportTests {
        @Test func aRecordsHistory() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(TestVault.person("WC-1"))
            #expect(try vault.read(id).status == 200)
            #expect(try vault.erase(id).status == 200)
            #expect(try vault.read(id).status == 410)
            let connection = try vault.connect()
            let path = "/v1/records/\(id)/history"
            let first = try connection.ask("GET", path + "?limit=2")
            #expect(first.json["items"]?.items?.map { $0["op"]?.text } == ["create", "read"])
            let next = try #require(first.json["next"]?.text)
            let second = try connection.ask("GET", path + "?after=" + next)
            #expect(
                second.json["items"]?.items?.map { $0["outcome"]?.text } == ["ok", "erased"])
            #expect(second.json["next"] == .null)
            let subject = try connection.ask("GET", path + "?view=subject")
            #expect(subject.json["items"]?.items?.count == 3)
            #expect(!subject.text.contains("uid") && !subject.text.contains("erased"))
            for wrong in ["?view=full", "?limit=0", "?after=x", "?purpose=order"] {
                #expect(try connection.ask("GET", path + wrong).status == 400)
            }
            #expect(try connection.ask("GET", "/v1/records/1/history").status == 404)
            let never = "/v1/records/01900000-0000-7000-8000-000000000000/history"
            #expect(try connection.ask("GET", never).json["items"]?.items == [])

            let shown = try vault.aitta(["records", "history", id, "--subject"])
            #expect(shown.status == 0, "\(shown.error)")
            #expect(shown.output.split(separator: "\n").count == 4)
            #expect(shown.output.contains("data-subject-rights  read"))
        }

        /// Made, kept, verified without the daemon; any change of what was kept is noticed.
        @Test func aBreachesScope() throws {
            let vault = try TestVault()
            try vault.start()
            let ids = try (1...3).map {
                try vault.create(TestVault.person("WC-\($0)", email: "a\($0)@example.fi"))
            }
            for id in ids + ids { #expect(try vault.read(id).status == 200) }
            #expect(try vault.erase(ids[0]).status == 200)
            let key = try vault.connect().ask("GET", "/v1/keys").json["keys"]?.items?
                .first { $0["use"]?.text == "log" }?["publicKey"]?.text
            let (from, to) = Self.times
            let file = vault.scratch.path + "/scope.json"
            let principal = "uid:\(geteuid())"
            let made = try vault.aitta([
                "audit", "scope", "--principal", principal, "--from", from, "--to", to, "--out",
                file,
            ])
            #expect(made.status == 0, "\(made.error)")
            #expect(made.output.contains(#/(?m)^records +3$/#))
            #expect(made.output.contains(#/(?m)^email +contact +3$/#))
            #expect(try vault.stop() == 0)
            let verify = ["audit", "scope", "verify", file, "--public-key", try #require(key)]
            let verified = try vault.aitta(verify)
            #expect(verified.status == 0, "\(verified.error)")
            #expect(verified.output.contains("valid") && verified.output.contains(principal))
            let text = try vault.scratch.read("scope.json")
            // The caller of the tests holds roles of both kinds.
            #expect(text.contains(#""separation":"off""#))
            #expect(!text.contains("Korhonen") && !text.contains(ids[0]))
            for (old, new) in [
                (#""records":3"#, #""records":2"#), ("{", #"{"log":{},"#), (to, from),
            ] {
                let altered = text.replacing(old, with: new, maxReplacements: 1)
                #expect(altered != text)
                _ = try vault.scratch.write(altered, to: "scope.json")
                let refused = try vault.aitta(verify)
                #expect(refused.status == 1 && refused.error.contains("not valid"), "\(new)")
            }
        }

        @Test func scopesThatMakeNoSenseAreRefused() throws {
            let vault = try TestVault()
            try vault.start()
            let (from, to) = Self.times
            let connection = try vault.connect()
            for (query, status) in [
                ("", 400), ("?principal=uid:0", 400),
                ("?principal=gid:0&from=\(from)&to=\(to)", 400),
                ("?principal=uid:0&from=\(to)&to=\(from)", 400),
                ("?principal=uid:0&from=\(from)&to=tomorrow", 400),
                ("?principal=uid:0&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", 422),
                ("?principal=uid:0&from=\(from)&to=\(to)", 200),
            ] {
                let answer = try connection.ask("GET", "/v1/audit/scope" + query)
                #expect(answer.status == status, "\(query)")
            }
        }

        /// An hour ago and in an hour.
        private static var times: (from: String, to: String) {
            (
                Date(timeIntervalSinceNow: -3600).formatted(.iso8601),
                Date(timeIntervalSinceNow: 3600).formatted(.iso8601)
            )
        }
    }
}
