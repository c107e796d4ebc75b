import Testing

@testable import VaultServer

@Suite struct UnsealAttemptsTests {
    @Test func fiveWrongOnesAMinute() {
        let clock = ManualClock()
        let attempts = UnsealAttempts(clock: clock.clock)
        for _ in 0..<5 {
            #expect(attempts.begin() == nil)
            attempts.end(isWrong: true)
            clock.advance(seconds: 2)
        }
        #expect(attempts.begin() == 50)
        clock.advance(seconds: 49.5)
        #expect(attempts.begin() == 1)
        clock.advance(seconds: 0.5)
        // The first is a minute old, the second is not.
        #expect(attempts.begin() == nil)
        attempts.end(isWrong: true)
        #expect(attempts.begin() == 2)
        #expect(attempts.wrongInAll == 6)
    }

    @Test func oneAtATime() {
        let attempts = UnsealAttempts(clock: ManualClock().clock)
        #expect(attempts.begin() == nil)
        #expect(attempts.begin() == 1)
        attempts.end(isWrong: false)
        #expect(attempts.begin() == nil)
        attempts.end(isWrong: false)
        #expect(attempts.wrongInAll == 0)
    }
}
