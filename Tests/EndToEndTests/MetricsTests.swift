import Glibc
import Testing

extension EndToEnd {
    /// `/metrics` over the real socket: what a scraper reads, and who may.
    @Suite struct MetricsTests {
        private func scrape(_ vault: TestVault) throws -> (text: String, parsed: PrometheusText) {
            let answer = try vault.connect().ask("GET", "/metrics")
            try #require(answer.status == 200, "\(answer.text)")
            #expect(
                answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            return (answer.text, try PrometheusText(answer.text))
        }

        @Test func itParsesAndMoves() throws {
            let vault = try TestVault()
            try vault.start()
            let before = try scrape(vault).parsed
            let id = try vault.create(TestVault.person("WC-1", email: "canary@example.fi"))
            #expect(try vault.read(id).status == 200)
            #expect(
                try vault.connect().ask("GET", "/v1/records/\(id)", purpose: "canary").status == 403
            )
            let (text, after) = try scrape(vault)
            #expect(
                after.value(
                    "aitta_requests_total",
                    ["route": "/v1/records/{id}", "method": "GET", "status": "200"]) == 1)
            #expect(after.value("aitta_refusals_total", ["code": "not_granted"]) == 1)
            for name in ["aitta_commit_group_size", "aitta_commit_group_entries"] {
                let counts = [before, after].map { $0.value(name + "_count") ?? 0 }
                #expect(counts[0] < counts[1], "\(name)")
            }
            #expect(
                (after.value("aitta_commit_seconds_sum", ["durability": "power"]) ?? 0) > 0)
            let entries = try #require(after.value("aitta_log_entries"))
            #expect(entries > (before.value("aitta_log_entries") ?? 0))
            #expect(after.value("aitta_log_synced") == entries)
            #expect(after.value("aitta_vault_ready") == 1)
            #expect(after.value("aitta_connections") ?? 0 >= 1)
            #expect((after.value("aitta_secret_memory_bytes", ["state": "in_use"]) ?? 0) > 0)
            #expect((after.value("process_resident_memory_bytes") ?? 0) > 1_048_576)
            let started = try #require(after.value("process_start_time_seconds"))
            #expect(abs(started - Double(time(nil))) < 120)
            #expect(after.value("aitta_budget_refusals_total", ["kind": "records"]) == 0)
            for personal in [id, "canary", "WC-1", "Korhonen"] {
                #expect(!text.contains(personal), "\(personal)")
            }
        }

        /// Labels are codes and templates: nothing that somebody sent, and nobody's id.
        @Test func labelsHoldNothingThatWasSent() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(TestVault.person("WC-1"))
            for path in [
                "/v1/records/\(id)?fields=secretfield", "/v1/secretpath", "/v1/roles/secret",
            ] {
                _ = try vault.connect().ask("GET", path, purpose: "secretpurpose")
            }
            let parsed = try scrape(vault).parsed
            let templates = Set(OpenAPI.shared.operations.map(\.path)).union(["none"])
            for (name, value) in parsed.samples.flatMap(\.labels) {
                switch name {
                case "route": #expect(templates.contains(value), "\(value)")
                case "method": #expect(value.contains(/^([A-Z]+|other)$/))
                case "status": #expect(value.contains(/^[1-5]\d\d$/))
                case "code", "kind", "state", "durability": #expect(value.contains(/^[a-z_]+$/))
                case "le": break
                default: Issue.record("label \(name)")
                }
                #expect(!value.contains("secret") && !value.contains("\(geteuid())" + "/"))
            }
        }

        @Test func theParserIsStrict() {
            let lines = "# HELP a_b A.\n# TYPE a_b counter\n"
            #expect(throws: Never.self) { try PrometheusText(lines + "a_b{c=\"d\\\"\"} 1\n") }
            for bad in [
                "a_b 1", "a_b{c=d} 1\n", "a_b{c=\"d\",} 1\n", "a_b x\n", "b 1\n", "a_b 1\na_b 2\n",
                "a_b{c=\"\\x\"} 1\n", "\n", "# TYPE a_b counter\n",
            ] {
                #expect(throws: PrometheusText.Malformed.self, "\(bad)") {
                    try PrometheusText(lines + bad)
                }
            }
        }

        @Test(.needsRoot) func onlyWhoMayScrapes() throws {
            let vault = try TestVault(grants: ["uid:41020=monitoring", "uid:41021=dpo"])
            try vault.start()
            let scraped = try vault.ask(as: 41020, "GET", "/metrics")
            #expect(scraped.status == 200 && scraped.contains("aitta_vault_ready 1"))
            #expect(try vault.ask(as: 41020, "GET", "/v1/status").status == 403)
            #expect(try vault.ask(as: 41021, "GET", "/metrics").status == 403)
            #expect(try vault.ask(as: 41022, "GET", "/metrics").status == 403)
        }

        @Test func theCommandLineShowsIt() throws {
            let vault = try TestVault()
            try vault.start()
            let shown = try vault.aitta(["metrics"])
            #expect(shown.status == 0 && shown.error.isEmpty)
            #expect(throws: Never.self) { try PrometheusText(shown.output) }
        }
    }
}
