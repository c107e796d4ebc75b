import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// The audit log of a running vault, verified from outside: by `aitta`, and by a program that
    /// shares no code with the vault.
    @Suite struct LogTests {
        private static let independent = Programs.repository + "/Tests/Independent/"

        /// A vault with some history, of which an outsider holds a checkpoint.
        private func witnessed() throws -> (vault: TestVault, checkpoint: String, key: String) {
            let vault = try TestVault()
            try vault.start()
            try fill(vault, "A")
            let checkpoint = vault.scratch.path + "/checkpoint"
            let written = try vault.aitta(["audit", "checkpoint", "--out", checkpoint])
            try #require(written.status == 0, "\(written.error)")
            let stated = try vault.connect().ask("GET", "/v1/audit/checkpoint")
            return (vault, checkpoint, try #require(stated.json["verifierKey"]?.text))
        }

        private func fill(_ vault: TestVault, _ mark: String) throws {
            for number in 1...4 {
                let id = try vault.create(TestVault.person("\(mark)-\(number)"))
                _ = try vault.read(id)
                if number == 2 { _ = try vault.erase(id) }
            }
        }

        private func verify(
            _ vault: TestVault, _ checkpoint: String, _ key: String, export: String? = nil
        ) throws -> Command {
            try vault.aitta(
                ["audit", "verify", "--checkpoint", checkpoint, "--public-key", key]
                    + (export.map { ["--export", $0] } ?? []))
        }

        private func verifyIndependently(
            _ export: String, _ checkpoint: String, _ key: String
        ) throws -> Command {
            try Command.run([
                "/usr/bin/env", "python3", Self.independent + "verify_log.py", export, "--key", key,
                "--checkpoint", checkpoint,
            ])
        }

        private func tamper(_ vault: TestVault, _ how: String, _ number: Int) throws {
            let done = try Command.run([
                "/usr/bin/env", "python3", Self.independent + "tamper_log.py", vault.state, how,
                "\(number)",
            ])
            try #require(done.status == 0, "\(done.error)")
        }

        @Test func theLogOfARunningVaultVerifies() throws {
            let (vault, checkpoint, key) = try witnessed()
            try fill(vault, "B")
            try vault.kill()
            try vault.start()
            let export = vault.scratch.path + "/log.jsonl"
            let verified = try verify(vault, checkpoint, key, export: export)
            #expect(verified.status == 0, "\(verified.error)")
            let independently = try verifyIndependently(export, checkpoint, key)
            #expect(independently.status == 0, "\(independently.output)\(independently.error)")
            let offline = try Command.run([
                Programs.aitta, "audit", "verify", "--offline", export, "--public-key", key,
            ])
            #expect(offline.status == 0, "\(offline.error)")
        }

        @Test func aCertificateProvesThatItIsInTheLog() throws {
            let (vault, _, key) = try witnessed()
            let id = try vault.create(TestVault.person("C-1"))
            let file = try vault.scratch.write(try vault.erase(id).text, to: "certificate")
            let keys = try vault.connect().ask("GET", "/v1/keys")
            let certificateKey = try #require(keys.json["keys"]?.items?[0]["publicKey"]?.text)
            func verify(_ file: String) throws -> Command {
                try Command.run([
                    Programs.aitta, "certificate", "verify", file, "--public-key", certificateKey,
                    "--log-key", key,
                ])
            }
            #expect(try verify(file).status == 0)
            // The proof of another erasure proves nothing of this one.
            let other = try vault.create(TestVault.person("C-2"))
            let foreign = try #require(try vault.erase(other).json["log"])
            let json = try JSONParser.parse(try vault.scratch.bytes("certificate"))
            let forged = JSONValue.object(
                try #require(json.members).map {
                    $0.name == "log" ? JSONMember("log", foreign) : $0
                })
            let forgedFile = try vault.scratch.write(
                String(decoding: forged.encoded(), as: UTF8.self), to: "forged")
            #expect(try verify(forgedFile).status == 1)
        }

        @Test(arguments: ["flip", "forge", "drop", "reorder", "backdate", "truncate"])
        func whatIsDoneToTheFilesIsFound(how: String) throws {
            let (vault, checkpoint, key) = try witnessed()
            try fill(vault, "B")
            try vault.stop()
            try tamper(vault, how, 7)
            if how == "flip" {
                #expect(try vault.aittad("check").status == 1)
            } else {
                // The ledger's mark tells: nothing is served until somebody accepts that.
                let refused = try vault.refusedServe()
                #expect(refused.status == 1 && refused.error.contains("error: log "))
                #expect(
                    try vault.aittad("accept", ["--older-database", "--reason", "test"]).status == 0
                )
            }
            try vault.start()
            let export = vault.scratch.path + "/log.jsonl"
            let verified = try verify(vault, checkpoint, key, export: export)
            #expect(verified.status == 1, "\(verified.output)\(verified.error)")
            #expect(verified.error.contains("error: "))
            if FileManager.default.fileExists(atPath: export) {
                let independently = try verifyIndependently(export, checkpoint, key)
                #expect(independently.status == 1, "\(independently.output)")
            }
            try vault.stop()
        }

        /// The same history up to a moment, and then another: everything is put back together, keyring and
        /// ledger too, so that only who kept a checkpoint elsewhere can tell.
        @Test func aForkIsFound() throws {
            let (vault, checkpoint, key) = try witnessed()
            try vault.stop()
            // The checkpoint is of later than the copy.
            let copy = vault.scratch.path + "/copy"
            let places = [(vault.state, copy), (vault.keyringDirectory, copy + ".keyring")]
            for (place, copy) in places {
                try FileManager.default.copyItem(atPath: place, toPath: copy)
            }
            try vault.start()
            try fill(vault, "B")
            let later = vault.scratch.path + "/later"
            #expect(try vault.aitta(["audit", "checkpoint", "--out", later]).status == 0)
            try vault.stop()
            for (place, copy) in places {
                try FileManager.default.removeItem(atPath: place)
                try FileManager.default.copyItem(atPath: copy, toPath: place)
            }
            try vault.start()
            // Shorter first, then another at the same size.
            #expect(try verify(vault, later, key).status == 1)
            try fill(vault, "C")
            try fill(vault, "D")
            let verified = try verify(vault, later, key)
            #expect(verified.status == 1)
            #expect(verified.error.contains("root"), "\(verified.error)")
            #expect(try verify(vault, checkpoint, key).status == 0, "what came before the fork")
        }
    }
}
