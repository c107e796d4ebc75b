import Testing

@testable import Vault

@Suite struct RotationProgressTests {
    @Test func eachStepIsBehindWithItsDurationOnceTheNextBegins() {
        var progress = RotationProgress()
        progress.begin(.rekeySegments, total: 3, atNanoseconds: 1_000_000)
        progress.done = 3
        #expect(progress.step == .rekeySegments)
        #expect(progress.durations.isEmpty)
        progress.begin(.rewrapSegments, total: 5, atNanoseconds: 3_500_000)
        #expect((progress.done, progress.total) == (0, 5))
        #expect(progress.step == .rewrapSegments)
        progress.end(.final, atNanoseconds: 3_600_000)
        #expect(progress.step == nil)
        #expect(progress.outcome == .final)
        #expect(
            progress.durations == [
                RotationProgress.Duration(step: .rekeySegments, microseconds: 2500),
                RotationProgress.Duration(step: .rewrapSegments, microseconds: 100),
            ])
        progress.end(.stopped(code: "late", detail: nil), atNanoseconds: 9_000_000)
        #expect(progress.durations.count == 2)
    }

    /// A deep rotation looks again at how many segments are left, and after a restart begins in the middle.
    @Test func aStepThatCountsAnewGoesOnAndSaysHowLongItWillTake() {
        var progress = RotationProgress()
        progress.begin(.resealRecords, done: 40, total: 100, atNanoseconds: 0)
        #expect(progress.secondsLeft(atNanoseconds: 1_000_000_000) == nil)
        progress.done = 50
        #expect(progress.secondsLeft(atNanoseconds: 2_000_000_000) == 10)
        progress.begin(.resealRecords, done: 60, total: 101, atNanoseconds: 4_000_000_000)
        #expect(progress.durations.isEmpty)
        #expect(progress.secondsLeft(atNanoseconds: 4_000_000_000) == 9)
        progress.done = 101
        #expect(progress.secondsLeft(atNanoseconds: 8_000_000_000) == nil)
        progress.end(.final, atNanoseconds: 9_000_000_000)
        #expect(
            progress.durations == [
                RotationProgress.Duration(step: .resealRecords, microseconds: 9_000_000)
            ])
    }
}
