import Foundation
import StrictJSON
import Testing
import Verification

extension EndToEnd {
    /// P3, P8: cut off at any point, the vault opens again with all that it acknowledged, and with
    /// nobody who was erased.
    @Suite struct FaultTests {
        @Test func nothingIsLostByKills() throws {
            let run = try FaultRun(seed: FaultRun.seed)
            for _ in 0..<FaultRun.faultCount { try expectNone(run.go(.killed)) }
            print("acknowledged: \(run.counts)")
            #expect(run.counts.count == FaultOperation.ofApplications.count)
        }

        @Test func nothingIsLostWithUnsyncedWrites() throws {
            let run = try FaultRun(seed: FaultRun.seed)
            for _ in 0..<FaultRun.faultCount { try expectNone(run.go(.power)) }
            print("acknowledged: \(run.counts)")
            let losses = run.losses
            print("lost: \(losses.joined(separator: "; "))")
            #expect(losses.count == FaultRun.faultCount)
            #expect(losses.contains { !$0.contains(": 0 of ") }, "nothing was ever lost")
        }

        @Test(arguments: [FaultRun.Fault.killed, .power])
        func rotationsGoOnByThemselves(_ fault: FaultRun.Fault) throws {
            let run = try FaultRun(works: [.rotate], seed: FaultRun.seed)
            for _ in 0..<FaultRun.faultCount { try expectNone(run.go(fault)) }
            try expectNone(run.settle())
            print("acknowledged: \(run.counts); begun: \(run.begun); through: \(run.done)")
        }

        @Test(arguments: [FaultRun.Fault.killed, .power])
        func deepRotationsGoOnByThemselves(_ fault: FaultRun.Fault) throws {
            let run = try FaultRun(works: [.rotateDeep, .rotate], seed: FaultRun.seed)
            for _ in 0..<FaultRun.faultCount { try expectNone(run.go(fault)) }
            try expectNone(run.settle())
            try run.vault.start()
            let history = try run.vault.connect().ask("GET", "/v1/keys/history")
            let changes = history.json["changes"]?.items ?? []
            #expect(!changes.isEmpty && KeyHistory(history.json) != nil)
            #expect(changes.allSatisfy { $0["statement"]?["leftUnderOldKeys"]?.integer == 0 })
            print(
                "acknowledged: \(run.counts); begun: \(run.begun); through: \(changes.count)")
        }

        @Test(arguments: [FaultRun.Fault.killed, .power])
        func backupsThatWereCutOffHarmNobody(_ fault: FaultRun.Fault) throws {
            let run = try FaultRun(
                works: [.backup, .backup, .drill], seed: FaultRun.seed)
            for _ in 0..<FaultRun.faultCount { try expectNone(run.go(fault)) }
            print("acknowledged: \(run.counts); begun: \(run.begun); through: \(run.done)")
            try run.vault.start()
            let backups = FaultRun.backups(of: run.vault)
            #expect(try run.vault.aitta(["backup", backups]).status == 0)
            let drill = try run.vault.aitta(["backup", "drill", backups])
            #expect(drill.status == 0, "\(drill.output) \(drill.error)")
            let opened = try OpenedFiles(backup: backups, of: run.vault)
            #expect(opened.problems == [] && opened.status == 0, "\(opened.error)")
            let living = try run.vault.liveRecords()
            #expect(opened.json["records"]?.members?.count == living.count)
        }

        /// The control: a program that forgot to sync is found out.
        @Test func whatWasNeverSyncedIsMissed() throws {
            let run = try FaultRun(seed: FaultRun.seed)
            var faults: [String] = []
            for _ in 0..<10 where faults.isEmpty { faults = try run.go(.powerDespiteSync) }
            print("found: \(faults.first ?? "nothing")")
            #expect(!faults.isEmpty)
        }

        private func expectNone(_ faults: [String]) {
            #expect(faults.isEmpty, "\(faults.prefix(5))")
        }
    }
}
