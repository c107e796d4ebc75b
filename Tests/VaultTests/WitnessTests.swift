import Storage
import StrictJSON
import Synchronization
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct WitnessTests {
    /// Keeps what it takes, unless told to fail.
    private final class Witness: CheckpointWitness {
        private struct State {
            var notes: [[UInt8]] = []
            var failure: WitnessFailure?
            var held: WitnessedNote?
        }
        private let state = Mutex(State())

        var notes: [[UInt8]] { state.withLock { $0.notes } }

        func fail(_ failure: WitnessFailure?) { state.withLock { $0.failure = failure } }

        func hold(_ note: [UInt8], milliseconds: Int64) {
            state.withLock { $0.held = WitnessedNote(note: note, milliseconds: milliseconds) }
        }

        func take(_ note: [UInt8]) async throws(WitnessFailure) {
            if let failure = state.withLock({ $0.failure }) { throw failure }
            state.withLock { $0.notes.append(note) }
        }

        func held() async throws(WitnessFailure) -> WitnessedNote? { state.withLock { $0.held } }
    }

    private let witness = Witness()

    private func open(_ files: VaultFiles) async throws -> OpenedVault {
        try await files.open(
            VaultConfiguration.forTests.with {
                $0.witness = witness
                $0.readDurability = .power
            })
    }

    private func status(_ opened: OpenedVault) async throws -> JSONValue {
        let proof = try await opened.authorize(ReadStatus.self, TestCaller.admin, nil)
        return try #require(try await opened.vault.status(proof)["log"]?["witness"])
    }

    private func heads(_ opened: OpenedVault) throws -> [TreeHead] {
        try witness.notes.map {
            try Checkpoint(note: $0, signedBy: opened.vault.logVerifierKey).head
        }
    }

    @Test func aGrownLogIsWitnessedOnceAnInterval() async throws {
        let files = try await VaultFiles.make()
        let opened = try await open(files)
        await opened.vault.maintain()
        #expect(witness.notes.count == 1)
        try await opened.create(Person.body(1))
        await opened.vault.maintain()
        #expect(witness.notes.count == 1, "the interval is not over")
        opened.clock.advance(seconds: 300)
        await opened.vault.maintain()
        #expect(witness.notes.count == 2)
        opened.clock.advance(seconds: 300)
        await opened.vault.maintain()
        #expect(witness.notes.count == 2, "the log has not grown")
        let taken = try heads(opened)
        #expect(taken[0].size < taken[1].size && taken[1] == opened.vault.log.head)
        let shown = try await status(opened)
        #expect(shown["configured"] == .bool(true) && shown["failure"] == nil)
        #expect(shown["ageSeconds"]?.integer == 300)
        #expect(shown["lastSize"]?.integer.map(UInt64.init) == taken[1].size)
        let size = opened.vault.log.size
        await opened.close()
        #expect(try heads(opened).last?.size == size, "the last one at the end")
    }

    @Test func whyItFailedIsShownUntilItSucceeds() async throws {
        let files = try await VaultFiles.make()
        let opened = try await open(files)
        witness.fail(WitnessFailure("command-exit-3"))
        await opened.vault.maintain()
        var shown = try await status(opened)
        #expect(shown["failure"]?.text == "command-exit-3" && shown["lastSize"] == nil)
        #expect(opened.vault.witnessing.ageSeconds(at: 0) == .infinity)
        witness.fail(nil)
        opened.clock.advance(seconds: 300)
        await opened.vault.maintain()
        shown = try await status(opened)
        #expect(shown["failure"] == nil && witness.notes.count == 1)
        await opened.close()
    }

    /// What a witness holds outlives the daemon, and what does not fit it is not put in its place.
    @Test(arguments: ["earlier", "foreign-note", "log-shorter", "log-altered"])
    func whatItHoldsIsHeldAgainstTheLog(_ held: String) async throws {
        let files = try await VaultFiles.make()
        let before = try await files.open()
        try await before.create(Person.body(1))
        let key = before.vault.logVerifierKey
        let proof = try await before.authorize(ReadKeys.self, TestCaller.everyone, nil)
        var head = try before.vault.checkpoint(proof).head
        switch held {
        case "log-shorter": head = TreeHead(size: head.size + 1000, root: head.root)
        case "log-altered": head = TreeHead(size: head.size, root: MerkleTree.leafHash([1]))
        default: break
        }
        var note = try before.vault.checkpoint(of: head).note
        if held == "foreign-note" { note = note.replacing("\n", with: "\nx", maxReplacements: 1) }
        let noted = before.clock.nowMilliseconds
        await before.close()
        witness.hold(Array(note.utf8), milliseconds: noted)
        files.clock.advance(seconds: 60)
        let opened = try await open(files)
        await opened.vault.maintain()
        let shown = try await status(opened)
        if held == "earlier" {
            #expect(shown["failure"] == nil && witness.notes.count == 1)
            #expect(shown["ageSeconds"]?.integer == 0)
        } else {
            #expect(shown["failure"]?.text == held && witness.notes.isEmpty)
        }
        #expect(key == opened.vault.logVerifierKey)
        await opened.close()
        #expect(witness.notes.isEmpty == (held != "earlier"))
    }

    @Test func withoutAWitnessNothingIsSaidOfOne() async throws {
        let opened = try await VaultFiles.make().open()
        await opened.vault.maintain()
        #expect(try await status(opened).members?.map(\.name) == ["configured"])
        #expect(opened.vault.witnessing.ageSeconds(at: 0) == nil)
        await opened.close()
    }
}
