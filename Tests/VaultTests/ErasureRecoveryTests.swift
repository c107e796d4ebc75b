import Foundation
import GRDB
import KeyManagement
import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

/// Erasures, failures and files put back.
@Suite struct ErasureRecoveryTests {
    @Test func databaseOfAnHourAgoBringsNobodyBack() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let whole = try await opened.create(Person.body(1))
        let partly = try await opened.create(Person.body(2))
        let stays = try await opened.create(Person.body(3))
        await opened.close()
        let old = try files.copyDatabase()
        files.clock.advance(seconds: 3600)
        opened = try await files.open()
        try await opened.erase(whole)
        try await opened.erase(partly, compartments: ["contact"])
        await opened.close()
        try files.putBack(old)
        #expect(try await files.check().findings.map(\.kind).contains("erased-but-live"))
        for _ in 0..<2 {
            opened = try await files.open()
            await expectError(.erased) { _ = try await opened.read(whole) }
            #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
            let fields = try await opened.read(partly).keys
            #expect(fields.sorted() == ["billing", "henkilotunnus", "name", "reference"])
            #expect(try await opened.find("email", .string(Person.email(2))).isEmpty)
            #expect(try await opened.read(stays).count == 7)
            await opened.close()
            #expect(try await files.check().findings == [])
        }
    }

    /// A record made and erased after the copy was taken: an idempotent repeat must not make it again.
    @Test func recordThatTheOldDatabaseNeverSawIsErasedToo() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let kept = try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.copyDatabase()
        opened = try await files.open()
        let id = try await opened.create(Person.body(2))
        try await opened.erase(id)
        await opened.close()
        try files.putBack(old)
        for _ in 0..<2 {
            opened = try await files.open()
            await expectError(.erased) { _ = try await opened.read(id) }
            #expect(try await opened.read(kept).count == 7)
            await opened.close()
            #expect(try await files.check().findings == [])
        }
    }

    @Test(arguments: [false, true])
    func intentWhoseCommitFailedIsCarriedOutAtTheNextStart(isWhole: Bool) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let compartments = isWhole ? nil : ["contact"]
        opened.store.failNextCommit(.failedAfterLedger(.diskFull)) { $0.needsLedger }
        // It will be carried out, so nobody is told that it failed.
        await expectError(.outcomeUnknown) {
            try await opened.erase(id, compartments: compartments)
        }
        await opened.close()
        await opened.store.closeInner()
        opened = try await files.open()
        if isWhole {
            await expectError(.erased) { _ = try await opened.read(id) }
        } else {
            #expect(try await opened.read(id).count == 4)
        }
        #expect(
            try await opened.audit().contains {
                $0["op"]?.text == "erase" && $0["reason"]?.text == "ledger-settlement"
            })
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test(arguments: [FaultyStore.Fault.unknownAndLost, .unknownButWritten])
    func erasureOfUnknownOutcomeIsCarriedOutAtTheNextStart(fault: FaultyStore.Fault) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        opened.store.failNextCommit(fault) { $0.needsLedger }
        await expectError(.outcomeUnknown) { try await opened.erase(id) }
        #expect(opened.failures.all == [.outcomeUnknown])
        // Nothing is answered any more, least of all the record.
        await #expect(throws: VaultError.self) { _ = try await opened.read(id) }
        await opened.close()
        await opened.store.closeInner()
        opened = try await files.open()
        await expectError(.erased) { _ = try await opened.read(id) }
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// What can't be opened can be erased all the same.
    @Test func recordWithADamagedBoxIsErasedAsAWhole() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let other = try await opened.create(Person.body(2))
        await opened.close()
        var box = try files.box(of: id)
        box = VaultFiles.Box(generation: box.generation, bytes: Data(box.bytes.reversed()))
        try files.setBox(box, of: id)
        opened = try await files.open()
        await expectError(.damaged) { try await opened.erase(id, compartments: ["contact"]) }
        let certificate = try await opened.erase(id)
        #expect(certificate["record"]?.text == id.description)
        await expectError(.erased) { _ = try await opened.read(id) }
        // The index entries that nobody can name are in nobody's way.
        #expect(try await opened.find("billing", .string("FI2112345600000785")) == [other])
        #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
        // Nor in the way of who shares values with the erased, though not a unique one.
        let again = try await opened.create(Person.bare(1))
        try await opened.update(again, #"{"email":"\#(Person.email(1))"}"#)
        #expect(try await opened.find("email", .string(Person.email(1))) == [again])
        try await opened.erase(again)
        await opened.close()
        #expect(try await files.check().findings.allSatisfy { $0.kind.hasPrefix("index") })
        _ = try await files.withCheck { try await $0.rebuildIndex() }
        #expect(try await files.check().findings.isEmpty)
    }

    /// Nor are the entries of unique values in the way of the same person.
    @Test func personErasedWithADamagedBoxCanComeAgain() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let box = try files.box(of: id)
        try files.setBox(
            VaultFiles.Box(generation: box.generation, bytes: Data(box.bytes.reversed())), of: id)
        opened = try await files.open()
        try await opened.erase(id)
        let again = try await opened.create(Person.body(1))
        #expect(
            try await opened.find("henkilotunnus", .string(Person.henkilotunnus(1))) == [again])
        await expectError(.duplicate) { try await opened.create(Person.body(1)) }
        await opened.close()
    }

    @Test func damagedBoxDoesNotKeepTheVaultFromSettling() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.copyDatabase()
        opened = try await files.open()
        try await opened.erase(id)
        await opened.close()
        try files.putBack(old)
        let box = try files.box(of: id)
        try files.setBox(
            VaultFiles.Box(generation: box.generation, bytes: Data(box.bytes.reversed())), of: id)
        opened = try await files.open()
        await expectError(.erased) { _ = try await opened.read(id) }
        await opened.close()
    }

    /// A group that failed before the ledger was told leaves the record as it was.
    @Test func erasureThatNeverBeganIsNotCarriedOut() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        opened.store.failNextCommit(.refused(.diskFull)) { $0.needsLedger }
        await expectError(.diskFull) { try await opened.erase(id) }
        await opened.close()
        opened = try await files.open()
        #expect(try await opened.read(id).count == 7)
        try await opened.erase(id)
        await opened.close()
    }

    @Test func ledgerHoldsTheErasureBeforeTheCommit() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let gate = opened.store.hold(.afterCommit { $0.needsLedger })
        let erasing = Task { try await opened.erase(id) }
        await gate.arrival()
        let entries = try Ledger.open(
            at: files.ledgerPath, keyring: files.keyring, isReadOnly: true
        ).entries
        guard case .erasure(id, .whole, let dekIDs) = entries.last?.event else {
            Issue.record("no erasure in the ledger")
            return
        }
        #expect(dekIDs.count == 4)
        gate.open()
        _ = try await erasing.value
        await opened.close()
    }

    /// Failed changes of the policy, one after the other: the vault must still open.
    @Test func policyChangesThatFailedDontLockTheVault() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        for _ in 0..<3 {
            opened.store.failNextCommit(.failedAfterLedger(.diskFull)) { $0.needsLedger }
            await expectError(.outcomeUnknown) { try await opened.grant("uid:5000", "dpo") }
            await opened.close()
            await opened.store.closeInner()
            opened = try await files.open()
        }
        await opened.close()
        for _ in 0..<3 {
            opened = try await files.open()
            await expectError(.notGranted) {
                _ = try await opened.authorize(
                    ReadRecords.self, TestCaller.caller(5000), "data-subject-rights")
            }
            await opened.close()
        }
        opened = try await files.open()
        try await opened.grant("uid:5000", "dpo")
        await opened.close()
        opened = try await files.open()
        _ = try await opened.authorize(
            ReadRecords.self, TestCaller.caller(5000), "data-subject-rights")
        await opened.close()
    }

    @Test(arguments: [FaultyStore.Fault.unknownAndLost, .unknownButWritten])
    func policyChangeOfUnknownOutcomeIsSettledAtTheNextStart(
        fault: FaultyStore.Fault
    ) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        opened.store.failNextCommit(fault) { $0.needsLedger }
        await expectError(.outcomeUnknown) { try await opened.grant("uid:5000", "dpo") }
        await opened.close()
        await opened.store.closeInner()
        for _ in 0..<2 {
            opened = try await files.open()
            let proof = try? await opened.authorize(
                ReadRecords.self, TestCaller.caller(5000), "data-subject-rights")
            if case .unknownAndLost = fault { #expect(proof == nil) } else { #expect(proof != nil) }
            await opened.close()
        }
    }
}
