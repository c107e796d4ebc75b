import Foundation
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// A vault whose clock jumps.
@Suite struct ClockDoubtTests {
    private static let day: Int64 = 86_400

    private func scheduled(_ opened: OpenedVault) async throws {
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        try await opened.vault.startRotation(proof, RotationRequest(isScheduled: true))
        await opened.vault.rotation.wait()
    }

    private func status(_ opened: OpenedVault) async throws -> JSONValue {
        let proof = try await opened.authorize(ReadStatus.self, TestCaller.custodian, nil)
        return try #require(try await opened.vault.status(proof)["timedDestruction"])
    }

    private func overdue(_ opened: OpenedVault) async throws -> Bool {
        let proof = try await opened.authorize(ReadKeys.self, TestCaller.custodian, nil)
        return opened.vault.keyStatus(proof)["overdue"]?.items?.contains(.string("clock")) ?? false
    }

    /// Neither entries that bear the new time nor a restart nor a kill confirm it.
    @Test func theDoubtLastsUntilSomebodyConfirms() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        #expect(try await status(opened)["clock"]?.text == "believed")
        files.clock.advance(seconds: 30 * Self.day)
        for _ in 0..<3 { _ = try await opened.read(id) }
        await expectError(.conflict) { try await scheduled(opened) }
        await opened.close()
        opened = try await files.open()
        _ = try await opened.read(id)
        await expectError(.conflict) { try await scheduled(opened) }
        #expect(try await status(opened)["clock"]?.text == "doubted")
        let waiting = try await status(opened)["waiting"]?.items ?? []
        #expect(waiting.map { $0["what"]?.text } == ["rotation"])
        #expect(waiting.map { $0["reason"]?.text } == ["clock"])
        #expect(try await overdue(opened))
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        await expectError(.invalidValue) {
            try await opened.vault.confirmClock(proof, reason: "No code")
        }
        #expect(try await opened.vault.confirmClock(proof, reason: "server-was-off"))
        #expect(try await opened.vault.confirmClock(proof, reason: "server-was-off") == false)
        #expect(try await !overdue(opened))
        let entries = try await opened.audit().filter {
            $0["op"]?.text?.hasSuffix("-clock") ?? false
        }
        #expect(entries.map { $0["op"]?.text } == ["doubt-clock", "confirm-clock"])
        #expect(entries.last?["uid"]?.integer == 2002)
        #expect(entries.last?["reason"]?.text == "server-was-off")
        await opened.close()
        opened = try await files.open()
        try await scheduled(opened)
        #expect(opened.vault.rotationProgress.outcome == .final)
        // What is sealed is sealed anew by it, and opens.
        await opened.close()
        opened = try await files.open()
        #expect(try await status(opened)["clock"]?.text == "believed")
        await opened.close()
        #expect(try await files.check().findings == [])
    }

    /// The start after a jump keeps the doubt before its own entry bears the new time.
    @Test func aJumpWhileStoppedOutlivesAKill() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        await opened.close()
        files.clock.advance(seconds: 3 * Self.day)
        opened = try await files.open()
        // No orderly end.
        await opened.store.closeInner()
        opened = try await files.open()
        await expectError(.conflict) { try await scheduled(opened) }
        await opened.close()
    }

    @Test func aRotationByHandConfirms() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        files.clock.advance(seconds: 3 * Self.day)
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        try await opened.vault.startRotation(proof, RotationRequest())
        await opened.vault.rotation.wait()
        let entry = try await opened.audit().first { $0["op"]?.text == "confirm-clock" }
        #expect(entry?["reason"]?.text == "rotation-by-hand")
        #expect(entry?["uid"]?.integer == 2002)
        await opened.close()
    }
}
