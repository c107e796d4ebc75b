import Synchronization

/// Counts connections, in all and by uid, and says what a new one may do.
final class ConnectionRegistry: Sendable {
    private let limits: ConnectionLimits
    private let counts = Mutex(Counts())

    private struct Counts {
        var full = Tally()
        var health = Tally()
    }

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Admits a connection of a uid. Every admission but `refused` is to be released once.
    func admit(uid: UInt32) -> Admission {
        counts.withLock { counts in
            if counts.full.total < limits.connections,
                counts.full.count(of: uid) < limits.connectionsPerUID
            {
                counts.full.add(uid)
                return .full
            }
            if counts.health.total < limits.connectionsForHealth,
                counts.health.count(of: uid) < max(1, limits.connectionsForHealth / 2)
            {
                counts.health.add(uid)
                return .healthOnly
            }
            return .refused
        }
    }

    /// Gives an admission back.
    func release(uid: UInt32, _ admission: Admission) {
        counts.withLock { counts in
            switch admission {
            case .full: counts.full.remove(uid)
            case .healthOnly: counts.health.remove(uid)
            case .refused: break
            }
        }
    }

    /// Connections of either kind.
    var total: Int { counts.withLock { $0.full.total + $0.health.total } }
}

/// What a connection may do.
enum Admission: Sendable {
    /// Use every route.
    case full
    /// Ask for health, from the reserve.
    case healthOnly
    /// Nothing.
    case refused
}

private struct Tally {
    private(set) var total = 0
    private var byUID: [UInt32: Int] = [:]

    func count(of uid: UInt32) -> Int { byUID[uid] ?? 0 }

    mutating func add(_ uid: UInt32) {
        total += 1
        byUID[uid, default: 0] += 1
    }

    mutating func remove(_ uid: UInt32) {
        total -= 1
        byUID[uid] = count(of: uid) > 1 ? count(of: uid) - 1 : nil
    }
}
