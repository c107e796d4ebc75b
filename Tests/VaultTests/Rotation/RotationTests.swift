import Foundation
import GRDB
import KeyManagement
import SQLiteStore
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct RotationTests {
    private func find(_ number: Int, in opened: OpenedVault) async throws -> [RecordID] {
        try await opened.find("email", .string(Person.email(number)))
    }

    private static let deepSteps: Set<RotationStep> = [
        .publishNewKeys, .resealRecords, .renewTombstones, .rewriteLedger, .renewRootKey,
        .stateEndOfOldKeys,
    ]

    @Test func recordsStayAsTheyAreUnderNewKeys() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        var ids: [RecordID] = []
        for number in 1...5 { ids.append(try await opened.create(Person.body(number))) }
        let before = try await opened.read(ids[0])
        try await opened.erase(ids[1])
        try await opened.erase(ids[2], compartments: ["contact"])
        let oldKeyring = opened.vault.keyring
        #expect(try await opened.rotate() == .final)
        let keyring = opened.vault.keyring
        #expect(keyring.kek.epoch == 2)
        #expect(keyring.indexKey.generation == 2)
        #expect(keyring.rotation == nil)
        #expect(!opened.vault.isRotationPending)
        let steps = opened.vault.rotationProgress.durations.map(\.step)
        #expect(steps == RotationStep.allCases.filter { !Self.deepSteps.contains($0) })
        #expect(try await opened.read(ids[0]) == before)
        #expect(try await find(1, in: opened) == [ids[0]])
        #expect(try await find(2, in: opened) == [])
        #expect(try await find(3, in: opened) == [])
        #expect(try await find(4, in: opened) == [ids[3]])
        #expect(try await opened.finality(of: ids[1]) == [false, true])
        #expect(try await opened.finality(of: ids[2]) == [false, true])
        #expect(try await opened.view(ids[0]).version == 1)
        let segments = try await opened.store.segments()
        #expect(segments.allSatisfy { !$0.isDirty && $0.epoch == 2 })
        for segment in segments {
            #expect(throws: KeyError.self) { try SegmentKey.open(segment, keyring: oldKeyring) }
        }
        let later = try await opened.create(Person.body(9))
        #expect(try await find(9, in: opened) == [later])
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        let again = try await files.open()
        #expect(try await again.read(ids[0]) == before)
        await again.close()
    }

    @Test func eachErasureOfARecordGetsItsOwnCertificate() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.erase(id, compartments: ["contact"])
        try await opened.erase(id, compartments: ["nationalId"])
        try await opened.erase(id)
        #expect(try await opened.rotate() == .final)
        let certificates = try await opened.store.certificates(of: id).map {
            try JSONParser.parse($0.body)
        }
        let shredded = certificates.map { $0["shredded"]?.items?.compactMap(\.text) ?? [] }
        #expect(shredded.prefix(2) == [["contact"], ["nationalId"]])
        #expect(shredded.count == 6)
        #expect(shredded.suffix(3) == shredded.prefix(3))
        let entries = Set(certificates.compactMap { $0["ledgerEntry"]?.text })
        #expect(entries.count == 3)
        await opened.close()
    }

    /// The copies that a backup, a snapshot or a thief has: with all keys that live on they open nothing that
    /// was erased. Before the rotation, and with the old keyring, they do.
    @Test func anOldCopyIsDeadOnceItIsFinal() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let stayer = try await opened.create(Person.body(2))
        await opened.close()
        let copy = try await files.withStore { store in
            (
                segments: try await store.segments(),
                boxes: try await store.boxes(after: nil, limit: 10)
            )
        }
        let again = try await files.open()
        try await again.erase(id)
        let old = again.vault.keyring
        let opens = { (keyring: Keyring, id: RecordID) -> Bool in
            copy.segments.contains { segment in
                guard let key = try? SegmentKey.open(segment, keyring: keyring) else {
                    return false
                }
                return copy.boxes.contains { box in
                    guard box.id == id else { return false }
                    let place = KeyBox.Place(
                        vault: keyring.vault, record: id, segment: box.segment,
                        generation: box.generation)
                    return (try? KeyBox.open(box.box, at: place, key: key)) != nil
                }
            }
        }
        #expect(opens(again.vault.keyring, id))
        #expect(try await again.rotate() == .final)
        #expect(!opens(again.vault.keyring, id))
        let kept = try files.currentKeyring()
        #expect(!opens(kept, stayer))
        #expect(opens(old, id))
        #expect(try await again.read(stayer)["email"] == "\"\(Person.email(2))\"")
        await again.close()
    }

    @Test func theIndexKeyIsKeptWhileNothingIsRemoved() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.update(id, #"{"phone":"+358 40 765 4321"}"#)
        try await opened.rotate()
        #expect(opened.vault.keyring.indexKey.generation == 1)
        try await opened.update(id, #"{"phone":null}"#)
        try await opened.rotate()
        #expect(opened.vault.keyring.indexKey.generation == 2)
        try await opened.rotate()
        #expect(opened.vault.keyring.indexKey.generation == 2)
        #expect(opened.vault.keyring.kek.epoch == 4)
        #expect(try await find(1, in: opened) == [id])
        let old = try await opened.store.indexEntries(generation: 1, after: nil, limit: 10)
        #expect(old.isEmpty)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// Stopped before each thing that it does, and begun again by a vault that was opened anew, as after a
    /// kill: nothing is lost, nobody is back, and it becomes final.
    @Test func itGoesOnFromEveryState() async throws {
        var place = 0
        while true {
            let files = try await VaultFiles.make()
            let stopper = RotationStopper(before: place)
            let opened = try await files.open(.forTests.with { $0.rotationProbe = stopper.probe })
            var ids: [RecordID] = []
            for number in 1...3 { ids.append(try await opened.create(Person.body(number))) }
            try await opened.erase(ids[0])
            let outcome = try await opened.rotate()
            let middle = try await opened.create(Person.body(4))
            try await opened.erase(ids[1])
            await opened.close()
            let where_ = "stopped at \(place): \(stopper.steps.last.map(\.rawValue) ?? "")"
            let again = try await files.open()
            #expect(try await again.read(middle)["reference"] == "\"WC-4\"", "\(where_)")
            await #expect(throws: VaultError.self, "\(where_)") { try await again.read(ids[0]) }
            let begun = again.vault.isRotationPending
            let resumed = try await again.rotate()
            #expect(resumed == .final, "\(where_): \(resumed.map { "\($0)" } ?? "")")
            #expect(try await again.finality(of: ids[0]) == [false, true], "\(where_)")
            // An erasure from after the new KEK waits for the rotation after.
            if begun {
                #expect(try await again.finality(of: ids[1]) == [false], "\(where_)")
                #expect(try await again.rotate() == .final, "\(where_)")
            }
            #expect(try await again.finality(of: ids[1]) == [false, true], "\(where_)")
            #expect(try await find(3, in: again) == [ids[2]], "\(where_)")
            #expect(try await find(4, in: again) == [middle], "\(where_)")
            #expect(try await find(2, in: again) == [], "\(where_)")
            await again.close()
            #expect(try await files.check().findings == [], "\(where_)")
            if outcome == .final { break }
            place += 1
        }
        #expect(place >= RotationStep.allCases.count)
    }

    /// A doubt of the clock that is stored while the vault-level box is renewed goes over into the new one.
    @Test func aDoubtStoredMeanwhileOutlivesTheBox() async throws {
        let files = try await VaultFiles.make()
        let vault = Locked<RecordVault?>(nil)
        let seen = Locked(0)
        let opened = try await files.open(
            .forTests.with {
                $0.rotationProbe = { step in
                    // The second time is between what it read and what it commits.
                    guard step == .renewVaultBox, let vault = vault.value else { return }
                    seen.change { $0 += 1 }
                    guard seen.value == 2 else { return }
                    let state = try ClockDoubt.seal(
                        since: 1, version: 1, vaultBox: vault.vaultBox)
                    try files.edit {
                        try $0.execute(
                            sql: "INSERT INTO sealed_states VALUES (?, ?, ?)",
                            arguments: [state.name, 1, Data(state.sealed)])
                    }
                }
            })
        vault.change { $0 = opened.vault }
        // Readers see what another connection wrote once the vault commits something itself.
        guard case .stopped("conflict", _) = try await opened.rotate() else {
            throw TestFailure("two keys were changed at once")
        }
        try await opened.create(Person.body(1))
        #expect(try await opened.rotate() == .final)
        vault.change { $0 = nil }
        await opened.close()
        let again = try await files.open()
        #expect(again.vault.destruction.doubtedSince == 1)
        await again.close()
    }

    @Test func aReplicaOutOfReachHoldsItBackAndNothingElse() async throws {
        let files = try await VaultFiles.make()
        let path = files.path + "/replica"
        let replica = KeyringDirectory(path: path)
        let opened = try await files.open(replicas: [replica])
        let id = try await opened.create(Person.body(1))
        try await opened.erase(id)
        #expect(try await opened.rotate() == .waiting(for: [path]))
        #expect(opened.vault.keyring.kek.epoch == 1)
        let other = try await opened.create(Person.body(2))
        #expect(try await opened.finality(of: id) == [false])
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        #expect(try await opened.rotate() == .final)
        #expect(try await opened.finality(of: id) == [false, true])
        let held = try replica.open(rootKey: files.rootKey, vault: files.keyring.vault)
        #expect(held.generation == opened.vault.keyring.generation)
        #expect(try await find(2, in: opened) == [other])
        await opened.close()
    }

    @Test func anOlderKeyringIsRefused() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        try await opened.create(Person.body(1))
        let old = opened.vault.keyring
        try await opened.rotate()
        await opened.close()
        await #expect(throws: OpeningError(.keyringOlder, at: "generation 1")) {
            _ = try await files.open(keyring: old)
        }
    }

    /// With an index that is filled at once, and one that is filled in many parts.
    @Test(arguments: [1 << 23, 100]) func requestsGoOnMeanwhile(partEntries: Int) async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.indexPartEntries = partEntries })
        let seed = UInt64.random(in: 0...UInt64.max)
        var ids: [RecordID] = []
        for number in 1...300 { ids.append(try await opened.create(Person.body(number))) }
        let known = ids
        let stays = Locked<[RecordID: Int]>([:])
        let goes = Locked<Set<RecordID>>([])
        let isDone = Locked(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(worker))
                    var round = 0
                    while !isDone.value || round < 30 {
                        round += 1
                        let number = 1000 * (worker + 1) + round
                        switch Int.random(in: 0..<5, using: &random) {
                        case 0:
                            let id = try await opened.create(
                                Person.body(number), key: UUID().uuidString)
                            stays.change { $0[id] = number }
                        case 1:
                            // Each worker erases records of its own.
                            let id = known[(round * 4 + worker) % known.count]
                            if round < 40 {
                                try await opened.erase(id)
                                goes.change { _ = $0.insert(id) }
                            }
                        case 2:
                            let id = known[160 + (round * 4 + worker) % 140]
                            if !goes.value.contains(id), round >= 40 || round * 4 + worker < 160 {
                                _ = try? await opened.update(
                                    id, #"{"email":"w\#(number)@example.fi"}"#)
                            }
                        case 3:
                            for (id, number) in stays.value.prefix(3) {
                                #expect(try await find(number, in: opened) == [id], "seed \(seed)")
                            }
                        default:
                            for (id, number) in stays.value.suffix(3) {
                                #expect(
                                    try await opened.read(id)["reference"] == "\"WC-\(number)\"",
                                    "seed \(seed)")
                            }
                        }
                    }
                }
            }
            group.addTask {
                defer { isDone.change { $0 = true } }
                for _ in 0..<3 {
                    let outcome = try await opened.rotate()
                    #expect(outcome == .final, "seed \(seed)")
                }
            }
            try await group.waitForAll()
        }
        for (id, number) in stays.value {
            #expect(try await find(number, in: opened) == [id], "seed \(seed)")
        }
        #expect(opened.failures.all.isEmpty)
        try await opened.rotate()
        for id in goes.value {
            #expect(try await opened.finality(of: id) == [false, true], "seed \(seed)")
        }
        await opened.close()
        #expect(try await files.check().findings == [], "seed \(seed)")
    }

    /// A database that never saw whom the ledger erased doesn't know which segments to renew: all of them.
    @Test func anErasureThatTheDatabaseDoesNotKnowDirtiesAll() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        try await opened.create(Person.body(1))
        await opened.close()
        let copy = try files.copyDatabase()
        let again = try await files.open()
        let id = try await again.create(Person.body(2))
        try await again.erase(id, compartments: ["contact"])
        await again.close()
        try files.putBack(copy)
        let old = try await files.open()
        let segments = try await old.store.segments()
        #expect(!segments.isEmpty && segments.allSatisfy(\.isDirty))
        #expect(try await old.rotate() == .final)
        #expect(old.vault.keyring.indexKey.generation == 2)
        await old.close()
    }

    /// The ledger put back from before an erasure, and the database from before one: each alone is refused.
    @Test func anOlderLedgerOrDatabaseIsRefused() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let ids = [
            try await opened.create(Person.body(1)), try await opened.create(Person.body(2)),
        ]
        await opened.close()
        let database = try files.copyDatabase()
        let ledger = try Data(contentsOf: URL(fileURLWithPath: files.ledgerPath))
        let again = try await files.open()
        try await again.erase(ids[0])
        await again.close()
        let newer = try Data(contentsOf: URL(fileURLWithPath: files.ledgerPath))
        try ledger.write(to: URL(fileURLWithPath: files.ledgerPath))
        await #expect(throws: OpeningError(.ledgerOlder)) {
            _ = try await files.open(acceptsOlder: false)
        }
        try newer.write(to: URL(fileURLWithPath: files.ledgerPath))
        try files.putBack(database)
        await #expect(throws: OpeningError.self) {
            _ = try await files.open(acceptsOlder: false)
        }
        let accepted = try await files.open()
        await #expect(throws: VaultError.self) { try await accepted.read(ids[0]) }
        #expect(try await accepted.read(ids[1])["reference"] == "\"WC-2\"")
        await accepted.close()
    }

    private func permitsRotation(_ opened: OpenedVault) async throws -> Bool {
        try await opened.vault.permit(DestructionRun(what: .rotation, count: 1)) != nil
    }

    /// A clock that jumped must not destroy keys by itself, also not over a restart with it.
    @Test func aClockThatLeadsTheLogHoldsTheTimerBack() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        files.clock.advance(seconds: 47 * 3600)
        #expect(try await permitsRotation(opened))
        files.clock.advance(seconds: 2 * 3600)
        await expectError(.conflict) {
            try await opened.vault.startRotation(proof, RotationRequest(isScheduled: true))
        }
        await opened.close()
        let again = try await files.open()
        await expectError(.conflict) {
            try await again.vault.startRotation(proof, RotationRequest(isScheduled: true))
        }
        #expect(try await again.vault.startRotation(proof, RotationRequest()))
        await again.vault.rotation.wait()
        #expect(again.vault.rotationProgress.outcome == .final)
        #expect(try await permitsRotation(again))
        await again.close()
    }
}
