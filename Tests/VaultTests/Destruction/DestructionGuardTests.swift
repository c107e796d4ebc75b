import Testing
import VaultTesting

@testable import Vault

/// What time alone may destroy: not while the clock is doubted, nor more than was expected.
@Suite struct DestructionGuardTests {
    private static let hour: Int64 = 3_600_000
    private static let start: Int64 = 1_795_348_800_000

    private func makeGuard(doubtedSince: Int64? = nil) -> DestructionGuard {
        DestructionGuard(lastEntry: Self.start, doubtedSince: doubtedSince, capPercent: 1)
    }

    private func run(
        _ count: Int, of living: Int? = nil, previewed: Int? = nil
    ) -> DestructionRun {
        DestructionRun(
            what: .auditEntries, count: count, living: living, previewed: previewed)
    }

    /// Whether a run is permitted at a moment, the log being up to date.
    private func permits(
        _ destruction: DestructionGuard, _ run: DestructionRun, hours: Int64 = 0
    ) -> Bool {
        let now = Self.start + hours * Self.hour
        return destruction.permit(run, at: now, lastEntry: now) != nil
    }

    @Test func aLeadOfTwoDaysPauses() {
        for (hours, isPermitted) in [(0, true), (48, true), (49, false)] as [(Int64, Bool)] {
            let destruction = makeGuard()
            let isGiven =
                destruction.permit(
                    run(1), at: Self.start + hours * Self.hour, lastEntry: Self.start) != nil
            #expect(isGiven == isPermitted, "\(hours)")
            #expect(destruction.paused.map(\.why) == (isPermitted ? [] : [.clock]), "\(hours)")
        }
    }

    @Test func aLogThatTellsNoTimeIsNotBelieved() {
        let destruction = makeGuard()
        let isGiven = destruction.permit(run(1), at: Self.start, lastEntry: nil) != nil
        #expect(!isGiven)
        let unknown = DestructionGuard(lastEntry: nil, doubtedSince: nil, capPercent: 1)
        #expect(!permits(unknown, run(1)))
    }

    /// Entries that bear a wrong time, or a clock that was set back, confirm nothing.
    @Test func onlyAPersonBelievesItAgain() {
        let destruction = makeGuard()
        destruction.note(Self.start + 100 * Self.hour)
        #expect(!permits(destruction, run(1), hours: 101))
        #expect(!permits(destruction, run(1), hours: 1))
        #expect(destruction.unstoredDoubt == Self.start + 100 * Self.hour)
        destruction.confirmClock()
        #expect(destruction.paused.isEmpty && destruction.doubtedSince == nil)
        #expect(permits(destruction, run(1), hours: 2))
    }

    @Test func aDoubtFromBeforeIsKept() {
        let destruction = makeGuard(doubtedSince: Self.start - 1)
        #expect(destruction.unstoredDoubt == nil)
        #expect(!permits(destruction, run(1)))
    }

    /// Time that the daemon saw pass is no jump, however quiet it was.
    @Test func timeSeenPassingIsBelieved() {
        let destruction = makeGuard()
        for hour in 1...500 { destruction.note(Self.start + Int64(hour) * Self.hour) }
        #expect(permits(destruction, run(1), hours: 500))
    }

    @Test(arguments: [
        (10, 1000, true), (11, 1000, false), (1, 199, true), (2, 199, false), (2, 200, true),
        (1, 3, true), (2, 3, false), (0, 0, true),
    ])
    func aRunTakesNoMoreThanItsShare(count: Int, living: Int, isPermitted: Bool) {
        let destruction = makeGuard()
        #expect(permits(destruction, run(count, of: living)) == isPermitted)
        let limit = max(1, living / 100)
        #expect(
            destruction.paused.map(\.why)
                == (isPermitted ? [] : [.cap(count: count, limit: limit)]))
    }

    @Test func whatTakesNoShareHasNoCap() {
        #expect(permits(makeGuard(), run(1_000_000)))
    }

    @Test func aRunTakesNoMoreThanItsPreview() {
        let destruction = makeGuard()
        #expect(!permits(destruction, run(4, of: 1000, previewed: 3)))
        #expect(destruction.paused.map(\.why) == [.preview(count: 4, limit: 3)])
        #expect(permits(destruction, run(3, of: 1000, previewed: 3)))
        #expect(destruction.paused.isEmpty)
        #expect(!permits(destruction, run(11, of: 1000, previewed: 11)), "the cap holds, too")
    }

    /// One run, no larger than was confirmed; and no clock with it.
    @Test func aConfirmationHoldsForOneRun() {
        let destruction = makeGuard()
        destruction.confirm(.auditEntries, upTo: 50)
        #expect(!permits(destruction, run(51, of: 1000)))
        #expect(permits(destruction, run(50, of: 1000)))
        #expect(!permits(destruction, run(50, of: 1000)))
        destruction.confirm(.rotation, upTo: 50)
        #expect(!permits(destruction, run(50, of: 1000)), "of something else")
        destruction.confirm(.auditEntries, upTo: 50)
        destruction.note(Self.start + 100 * Self.hour)
        #expect(!permits(destruction, run(50, of: 1000), hours: 100))
    }

    @Test func aPermitHoldsForWhatItWasGivenFor() throws {
        let destruction = makeGuard()
        guard
            var permit = destruction.permit(
                run(10), at: Self.start, lastEntry: Self.start)
        else { throw TestFailure("no permit") }
        let taken = [permit.take(4), permit.take(7), permit.take(6), permit.take(1)]
        #expect(taken == [true, false, true, false])
    }
}
