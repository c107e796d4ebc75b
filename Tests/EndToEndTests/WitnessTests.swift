import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// An outside witness of the log's checkpoints, and what an auditor does with it.
    @Suite struct WitnessTests {
        private func vault(_ lines: String) throws -> TestVault {
            try TestVault(settings: "audit:\n  witness:\n    intervalSeconds: 1\n    " + lines)
        }

        private func witness(_ vault: TestVault) throws -> JSONValue {
            let status = try vault.connect().ask("GET", "/v1/status")
            return try #require(status.json["log"]?["witness"])
        }

        private func size(_ file: String) -> Int {
            let lines = (try? String(contentsOfFile: file, encoding: .utf8))?
                .split(separator: "\n")
            return lines.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0
        }

        @Test func theFileIsWhatAnAuditorVerifiesBy() throws {
            let place = try ScratchDirectory()
            let file = place.path + "/checkpoint"
            let vault = try vault("file: \(file)")
            try vault.start()
            let key = try #require(
                try vault.connect().ask("GET", "/v1/audit/checkpoint").json["verifierKey"]?.text)
            #expect(Poll.until(atMostSeconds: 20) { size(file) > 0 })
            let first = size(file)
            for number in 1...3 { _ = try vault.create(TestVault.person("W-\(number)")) }
            #expect(Poll.until(atMostSeconds: 20) { size(file) >= first + 3 })
            let shown = try witness(vault)
            #expect(shown["configured"] == .bool(true) && shown["failure"] == nil)
            #expect((shown["ageSeconds"]?.integer ?? 99) < 30)
            let verified = try vault.aitta(
                ["audit", "verify", "--checkpoint", file, "--public-key", key])
            #expect(verified.status == 0, "\(verified.error)")
            #expect(try vault.stop() == 0)
            let last = size(file)
            #expect(last > first + 3, "what came last is witnessed at the end")
            // The log is rewritten behind the vault's back; the witness' file tells.
            let done = try Command.run([
                "/usr/bin/env", "python3",
                Programs.repository + "/Tests/Independent/tamper_log.py", vault.state, "backdate",
                "\(first)",
            ])
            try #require(done.status == 0, "\(done.error)")
            // The ledger tells as well; the operator goes on all the same.
            #expect(try vault.refusedServe().status == 1)
            let accepted = try vault.aittad("accept", ["--older-database", "--reason", "test"])
            #expect(accepted.status == 0, "\(accepted.error)")
            try vault.start()
            #expect(
                try vault.aitta(
                    ["audit", "verify", "--checkpoint", file, "--public-key", key]
                ).status == 1)
            #expect(
                try Poll.until(atMostSeconds: 20) {
                    try witness(vault)["failure"]?.text == "foreign-note"
                })
            #expect(size(file) == last, "the proof stays")
        }

        @Test func theCommandIsRunByTheDaemon() throws {
            let place = try ScratchDirectory()
            let script = try place.write(
                "#!/bin/sh\ncat > \(place.path)/note\nls -l /proc/$$/fd > \(place.path)/fds\nexit 4\n",
                to: "script", mode: 0o755)
            let vault = try vault("command: \(script) --now")
            try vault.start()
            #expect(
                try Poll.until(atMostSeconds: 20) {
                    try witness(vault)["failure"]?.text == "command-exit-4"
                })
            #expect(size(place.path + "/note") > 0)
            // No socket, no database and no key is open in the program.
            let open = try place.read("fds")
            for name in ["socket", "vault.db", "ledger", "anon_inode", "lock"] {
                #expect(!open.contains(name), "\(open)")
            }
            #expect(
                try Poll.until(atMostSeconds: 20) {
                    try vault.scratch.read("daemon.err").contains("command-exit-4")
                })
        }
    }
}
