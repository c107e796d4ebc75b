import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct RefusalSummaryTests {
    private func refuse(_ opened: OpenedVault, _ count: Int, uid: UInt32 = 3000) async {
        for _ in 0..<count {
            await #expect(throws: VaultError.self) {
                _ = try await opened.authorize(ReadStatus.self, TestCaller.caller(uid), nil)
            }
        }
    }

    /// The counts of the refusals of a uid, in the order of their entries.
    private func counts(_ opened: OpenedVault, uid: Int64 = 3000) async throws -> [Int64] {
        try await opened.audit().filter { $0["uid"]?.integer == uid }
            .compactMap { $0["count"]?.integer }
    }

    @Test func oneEntryAMinuteStandsForAll() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        await refuse(opened, 5)
        await opened.vault.maintain()
        #expect(try await counts(opened) == [1])
        // The minute is over, and nobody asks any more.
        opened.clock.advance(seconds: 60)
        await opened.vault.maintain()
        await opened.vault.maintain()
        #expect(try await counts(opened) == [1, 4])
        // The summary was this minute's entry.
        await refuse(opened, 3)
        #expect(try await counts(opened) == [1, 4])
        opened.clock.advance(seconds: 60)
        await refuse(opened, 1)
        #expect(try await counts(opened) == [1, 4, 4])
        for _ in 0..<7 { opened.vault.countRefusal(of: TestCaller.nobody) }
        await opened.close()
        let again = try await files.open()
        #expect(try await counts(again) == [1, 4, 4, 7], "the rest is written at the end")
        await again.close()
    }

    @Test func whoHasAGrantIsNoStranger() async throws {
        let opened = try await VaultFiles.make().open()
        #expect(opened.vault.isStranger(TestCaller.nobody))
        #expect(!opened.vault.isStranger(TestCaller.dpo))
        let until = opened.clock.seconds + 60
        let grant = try await opened.grant("uid:3000", "dpo", until: until)
        #expect(!opened.vault.isStranger(TestCaller.nobody))
        opened.clock.advance(seconds: 60)
        #expect(opened.vault.isStranger(TestCaller.nobody))
        opened.clock.advance(seconds: -60)
        try await opened.revoke(grant)
        #expect(opened.vault.isStranger(TestCaller.nobody))
        await opened.close()
    }

    /// What one token was refused does not stand in the log as another's of the same user.
    @Test func tokensOfOneUserAreToldApart() {
        let summary = RefusalSummary(clock: SimulatedClock())
        let callers = ["shop", "desk"].map {
            TestCaller.nobody.presenting(CallerToken(name: $0, id: $0))
        }
        for caller in callers { #expect(summary.note(caller) == 1) }
        for caller in callers { #expect(summary.note(caller) == nil) }
        let left = summary.take(isLast: true).map { [$0.caller.token?.name ?? "", "\($0.count)"] }
        #expect(Set(left) == [["shop", "1"], ["desk", "1"]])
    }
}
