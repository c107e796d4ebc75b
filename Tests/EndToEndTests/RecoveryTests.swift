import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// A root key that is lost, and a recovery key that is: each is replaced by the other.
    @Suite struct RecoveryTests {
        private let vault: TestVault
        private let id: String

        init() throws {
            vault = try TestVault()
            try vault.start()
            id = try vault.create(TestVault.person("R-1"))
            try vault.stop()
        }

        @Test(arguments: ["key file", "passphrase"])
        func aVaultWithoutItsRootKeyOpensByTheRecoveryKey(_ kind: String) throws {
            let old = try String(contentsOfFile: vault.keyFile, encoding: .utf8)
            try FileManager.default.removeItem(atPath: vault.keyFile)
            #expect(try vault.aittad("check").status == 1)
            let passphrase = "kuusi sanaa riittää vielä paremmin"
            let recovered = try recover(
                kind == "passphrase" ? ["--passphrase-file", "-"] : [], input: passphrase)
            #expect(recovered.status == 0, "\(recovered)")
            #expect(recovered.output.contains("generation 2"))
            #expect(try vault.aittad("check", input: passphrase).status == 0)
            if kind == "passphrase" { return }
            try vault.start()
            #expect(try vault.read(id).status == 200)
            let log = try vault.connect().ask("GET", "/v1/audit/entries?limit=1000").text
            #expect(log.contains(#""op":"recover-root-key""#))
            try vault.stop()
            #expect(try OpenedFiles(vault, recovery: true).problems == [])
            // The key that was lost, found again, opens nothing.
            _ = try vault.scratch.write(old, to: "keys/root-2.key")
            let refused = try vault.refusedServe()
            #expect(refused.status == 1 && refused.error.contains("wrong root key"), "\(refused)")
        }

        @Test func anotherRecoveryKeyTakesThePlaceOfTheLostOne() throws {
            let escrow = vault.keyringDirectory + "/escrow"
            let (next, kept) = (vault.scratch.path + "/next", vault.scratch.path + "/kept")
            try FileManager.default.copyItem(atPath: escrow, toPath: kept)
            let made = try vault.aittad("recovery-key", ["--recovery-key-out", next])
            #expect(made.status == 0, "\(made)")
            #expect(try opens(next) && !opens(vault.recoveryFile))
            try vault.start()
            #expect(try vault.read(id).status == 200)
            let log = try vault.connect().ask("GET", "/v1/audit/entries?limit=1000").text
            #expect(log.contains(#""op":"change-recovery-key""#))
            // Escrows of rotations from here on are sealed to the new one as well.
            try vault.rotate()
            try vault.stop()
            #expect(try opens(next))
            // An escrow of before is refused: the ledger knows a newer keyring.
            let older = try recover(["--escrow", kept])
            #expect(older.status == 1 && older.error.contains("the ledger knows"), "\(older)")
            let wrong = try recover([])
            #expect(wrong.status == 1, "\(wrong)")
            #expect(try vault.aittad("check").status == 0)
            let shown = try vault.aittad("recovery-key")
            #expect(shown.output.contains("AITTA-RECOVERY-1-"))
        }

        @Test func replicasAreWrittenAndOneOutOfReachIsNamed() throws {
            let replica = vault.scratch.path + "/replica"
            let settings = try vault.scratch.write(
                "keyring:\n  replicas: [\(replica)]\n", to: "replica.yaml", mode: 0o644)
            let before = try Data(contentsOf: URL(filePath: vault.keyringDirectory + "/keyring"))
            let refused = try recover(["--config", settings])
            #expect(refused.status == 1 && refused.error.contains(replica), "\(refused)")
            #expect(
                try Data(contentsOf: URL(filePath: vault.keyringDirectory + "/keyring")) == before)
            try FileManager.default.createDirectory(
                atPath: replica, withIntermediateDirectories: false)
            let again = try recover(["--config", settings])
            #expect(again.status == 0, "\(again)")
            // The header: vault and generation.
            #expect(
                try Data(contentsOf: URL(filePath: vault.keyringDirectory + "/keyring")).prefix(33)
                    == Data(contentsOf: URL(filePath: replica + "/keyring")).prefix(33))
            #expect(try vault.aittad("check").status == 0)
        }

        /// A power loss at every write and sync in turn: the vault opens as it is, or by the recovery key, and
        /// one of the two recovery keys opens its escrow.
        @Test(arguments: ["recover", "recovery-key"])
        func aPowerLossAnywhereLosesNothing(_ command: String) throws {
            let keep = vault.scratch.path + "/keep"
            try FileManager.default.createDirectory(
                atPath: keep, withIntermediateDirectories: false)
            var place = 0
            var recoveryFile = vault.recoveryFile
            while true {
                place += 1
                let next = "\(vault.scratch.path)/next-\(place)"
                let run = try Command.run(
                    [Programs.aittad, command, "--state", vault.state]
                        + (command == "recover"
                            ? ["--recovery-key", recoveryFile] : ["--recovery-key-out", next]),
                    environment: [
                        "LD_PRELOAD": try Shim.loseWrites.path, "LOSE_KEEP": keep,
                        "LOSE_BELOW": "\(vault.state):\(vault.scratch.path)/keys",
                        "LOSE_AT": String(place), "LOSE_SEED": String(place),
                    ])
                if command == "recovery-key", try !opens(recoveryFile) {
                    #expect(try opens(next), "\(place): neither recovery key opens the escrow")
                    recoveryFile = next
                }
                let check = try vault.aittad("check")
                #expect(check.status == 0, "\(place): \(check.output) \(check.error)")
                #expect([0, 137].contains(run.status), "\(place): \(run)")
                if run.status != 137 { break }
            }
            print("\(command): \(place - 1) places")
            #expect(place > 20)
            try vault.start()
            #expect(try vault.read(id).status == 200)
        }

        private func recover(_ arguments: [String], input: String = "") throws -> Command {
            try vault.aittad(
                "recover", ["--recovery-key", vault.recoveryFile] + arguments, input: input)
        }

        private func opens(_ recoveryFile: String) throws -> Bool {
            let opened = try OpenedFiles(vault, recoveryFile: recoveryFile)
            return opened.status == 0 && opened.json["records"]?.members?.isEmpty == false
        }
    }
}
