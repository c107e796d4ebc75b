/// The vault's clock: the guard sees each reading, so that no jump passes it by.
struct WatchedClock: WallClock {
    private let clock: any WallClock
    private let destruction: DestructionGuard

    init(_ clock: any WallClock, watchedBy destruction: DestructionGuard) {
        self.clock = clock
        self.destruction = destruction
    }

    var nowMilliseconds: Int64 {
        let now = clock.nowMilliseconds
        destruction.note(now)
        return now
    }
}
