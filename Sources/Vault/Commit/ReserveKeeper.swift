import Synchronization

/// Gives the disk reserve up when a commit needs it that may, and until there is room again lets only such
/// commits pass. For whoever commits, one at a time.
final class ReserveKeeper: @unchecked Sendable {
    private static let checkNanoseconds: UInt64 = 2_000_000_000

    private let reserve: (any DiskReserve)?
    private let isGivenUp: Atomic<Bool>
    private var checkedAtNanoseconds: UInt64 = 0

    init(_ reserve: (any DiskReserve)?) {
        self.reserve = reserve
        isGivenUp = Atomic(reserve.map { !$0.isHeld && !$0.restore() } ?? false)
    }

    /// `held`, `used` or `none`.
    var state: String {
        if reserve == nil { return "none" }
        return isUsed ? "used" : "held"
    }

    /// Whether the room was given up, and is not there again.
    var isUsed: Bool { isGivenUp.load(ordering: .relaxed) }

    /// Whether so little is free that even the reserve may be needed.
    var isShort: Bool { reserve?.isShort ?? false }

    /// Whether a group may commit as it is; otherwise only what may use the reserve.
    ///
    /// A commit that tells the ledger must not fail for want of room afterwards: nobody could know its
    /// outcome. So the room is made before.
    func admitsAll(mayUseReserve: Bool) -> Bool {
        guard let reserve else { return true }
        if isUsed {
            let now = ThreadSignal.nowNanoseconds
            guard now - checkedAtNanoseconds >= Self.checkNanoseconds else { return false }
            checkedAtNanoseconds = now
            guard reserve.restore() else { return false }
            isGivenUp.store(false, ordering: .relaxed)
            return true
        }
        guard mayUseReserve, reserve.isShort else { return true }
        reserve.release()
        isGivenUp.store(true, ordering: .relaxed)
        checkedAtNanoseconds = ThreadSignal.nowNanoseconds
        return false
    }
}
