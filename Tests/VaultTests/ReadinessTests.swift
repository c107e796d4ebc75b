import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct ReadinessTests {
    @Test func unknownOutcomeStopsTheVaultAndSaysSo() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        #expect(opened.vault.readiness == .ready)
        opened.store.failNextCommit(.unknownButWritten)
        await expectError(.outcomeUnknown) { try await opened.create(Person.body(2)) }
        #expect(opened.vault.readiness == .notReady(reason: "outcome-unknown"))
        let error = await expectError(.notReady) { _ = try await opened.read(id) }
        #expect(error?.detail == "outcome-unknown")
        await opened.close()
        await opened.store.closeInner()
        #expect(await openingError { try await files.open() } == nil)
    }

    @Test func fullDiskIsToldAndMayHaveRoomAgain() async throws {
        let opened = try await VaultFiles.make().open()
        opened.store.failNextCommit(.refused(.diskFull))
        opened.store.failNextCommit(.refused(.diskFull))
        await expectError(.diskFull) { try await opened.create(Person.body(1)) }
        #expect(opened.vault.readiness == .notReady(reason: "disk-full"))
        try await opened.create(Person.body(1))
        #expect(opened.vault.readiness == .ready)
        await opened.close()
    }

    /// What one operation did wrong is no reason to refuse all others.
    @Test func oneFailedOperationDoesNotStopTheVault() async throws {
        let opened = try await VaultFiles.make().open()
        opened.store.failNextCommit(.failedMutations(.unexpected(code: 12))) {
            !$0.writes.isEmpty
        }
        await expectError(.internal) { try await opened.create(Person.body(1)) }
        #expect(opened.vault.readiness == .ready)
        try await opened.create(Person.body(1))
        await opened.close()
    }

    @Test func closingVaultRefuses() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let proof = try await opened.authorize(
            ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        await opened.close()
        #expect(opened.vault.readiness == .notReady(reason: "draining"))
        await expectError(.notReady) { _ = try await opened.read(id) }
        // Neither does proof from before help, and nobody waits for ever.
        await expectError(.notReady) {
            _ = try await opened.vault.read(proof, id, FieldSelection(), ticket: opened.ticket())
        }
    }
}
