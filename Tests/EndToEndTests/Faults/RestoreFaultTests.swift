import Foundation
import Testing

extension EndToEnd {
    /// A restore that is cut off at any point is run again by the same command; what comes of it holds all
    /// that the parts and the ledger know, and nobody who was erased.
    @Suite struct RestoreFaultTests {
        private static let settings = (operations: 400, more: 150, erasures: 60)

        @Test(arguments: [FaultRun.Fault.killed, .power])
        func aRestoreThatIsCutOffIsRunAgain(_ fault: FaultRun.Fault) throws {
            let seed = FaultRun.seed
            print("seed of the faults: \(seed)")
            var random = SeededGenerator(seed)
            let vault = try TestVault()
            let client = FaultClient(
                vault, FaultOperation.ofApplications, name: "RESTORED",
                seed: .random(in: 0 ... .max, using: &random))
            let key = try prepare(vault, client)
            let other = try OtherMachine(uid: nil)
            try other.take(vault, parts: vault.scratch.path + "/backups")
            let keep = other.scratch.path + "/keep"
            try FileManager.default.createDirectory(
                atPath: keep, withIntermediateDirectories: false)
            var cut = Cut(fault, random)
            var halves = 0
            for number in 0..<FaultRun.faultCount {
                let target = "\(other.scratch.path)/target-\(number)"
                let command = other.restoreCommand(
                    records: 2, keys: 2, publicKey: key, into: target)
                let first = try cut.run(command, target: target, in: other.scratch)
                let again = try Command.run(command)
                if isWhole(target) && again.status == 1 {
                    #expect(again.error.contains("is not empty"), "\(again.error)")
                } else {
                    halves += 1
                    #expect(first != 0, "a restore that said it was done had to be run again")
                    #expect(again.status == 0, "\(number): \(again.output)\(again.error)")
                }
                let check = try Command.run([Programs.aittad, "check", "--state", target])
                #expect(check.status == 0, "\(check.output.suffix(500))\(check.error)")
                try other.serve(vault.settingsFile, state: target, at: vault.socket)
                let faults = try client.findFaults()
                #expect(faults.isEmpty, "\(faults.prefix(5))")
                try other.stop()
                for path in [target, target + ".keys"] {
                    try FileManager.default.removeItem(atPath: path)
                }
            }
            print("cut off: \(halves) of \(FaultRun.faultCount)")
            #expect(halves > 0, "no restore was ever cut off")
        }

        /// Two parts of each kind, and erasures after them that the ledger alone knows.
        ///
        /// - Returns: the vault's public key.
        private func prepare(_ vault: TestVault, _ client: FaultClient) throws -> String {
            let directory = vault.scratch.path + "/backups"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            try vault.start()
            let key = try vault.certificatePublicKey
            client.run(atMost: Self.settings.operations)
            try #require(try vault.aitta(["backup", directory]).status == 0)
            client.run(atMost: Self.settings.more)
            try #require(try vault.aitta(["backup", directory]).status == 0)
            client.run(
                atMost: Self.settings.erasures,
                doing: [FaultOperation.erase, FaultOperation.eraseContact])
            #expect(try client.findFaults() == [] && client.refusals == [])
            #expect(client.erased.count > 20)
            #expect(try vault.stop() == 0)
            return key
        }

        private func isWhole(_ target: String) -> Bool {
            let note = try? String(contentsOfFile: target + "/vault.json", encoding: .utf8)
            return note?.contains("aitta-vault/1") ?? false
        }

        /// Cuts restores off, anywhere between their first step and their last.
        private struct Cut {
            private let fault: FaultRun.Fault
            private var random: SeededGenerator
            /// As long as the longest so far took, in microseconds; and as many writes and syncs.
            private var mostMicroseconds: UInt32 = 1_500_000
            private var mostCalls = 1000

            init(_ fault: FaultRun.Fault, _ random: SeededGenerator) {
                self.fault = fault
                self.random = random
            }

            mutating func run(
                _ command: [String], target: String, in scratch: ScratchDirectory
            ) throws -> CInt {
                var environment: [String: String] = [:]
                let calls = Int.random(in: 1...mostCalls, using: &random)
                if fault == .power {
                    environment = [
                        "LD_PRELOAD": try Shim.loseWrites.path,
                        "LOSE_KEEP": scratch.path + "/keep",
                        "LOSE_BELOW": "\(target):\(target).keys", "LOSE_AT": String(calls),
                        "LOSE_SEED": String(UInt64.random(in: 0 ... .max, using: &random)),
                    ]
                }
                let process = try ChildProcess(
                    command, output: scratch.path + "/cut.out", error: scratch.path + "/cut.err",
                    environment: environment)
                if fault == .killed {
                    let end = UInt32.random(in: 0...mostMicroseconds, using: &random)
                    var waited: UInt32 = 0
                    while waited < end, !process.hasEnded {
                        usleep(1000)
                        waited += 1000
                    }
                    if process.hasEnded { mostMicroseconds = max(10_000, waited) }
                    process.signal(SIGKILL)
                }
                let status = try process.wait(atMostSeconds: 60)
                if fault == .power, status == 0 { mostCalls = max(10, calls) }
                let said = try scratch.read("cut.err").suffix(500)
                #expect([0, 137].contains(status), "\(said)")
                return status
            }
        }
    }
}
