import Logging
import NIOPosix
import Synchronization

/// Names and groups of users, remembered for at most a minute and asked for off the event loops.
///
/// An answer older than half a minute is renewed in the background while it still serves, so a
/// busy user's requests never wait for the user database twice.
final class UserDirectory: Sendable {
    private let clock: MonotonicClock
    private let pool: NIOThreadPool
    private let lookUp: @Sendable (UInt32) throws -> UserIdentity
    private let state = Mutex(State())

    private struct State {
        var known: [UInt32: Entry] = [:]
        var pending: [UInt32: Task<Entry, Never>] = [:]
    }

    /// An identity and the moments from which it is renewed and no longer believed.
    struct Entry: Sendable {
        let identity: UserIdentity
        let renewAtMilliseconds: Int64
        let endsAtMilliseconds: Int64
    }

    private static let maximumAgeMilliseconds: Int64 = 60_000
    private static let renewalAgeMilliseconds: Int64 = 30_000
    private static let failureAgeMilliseconds: Int64 = 5_000
    private static let maximumEntries = 4096

    init(
        clock: MonotonicClock = .system, pool: NIOThreadPool = .singleton,
        lookUp: @escaping @Sendable (UInt32) throws -> UserIdentity = UserIdentity.lookUp
    ) {
        self.clock = clock
        self.pool = pool
        self.lookUp = lookUp
    }

    /// What is known of a user, at most a minute old.
    func entry(for uid: UInt32) async -> Entry {
        let now = clock.nowMilliseconds()
        if let entry = state.withLock({ $0.known[uid] }), now < entry.endsAtMilliseconds {
            if now >= entry.renewAtMilliseconds { _ = pendingLookUp(of: uid) }
            return entry
        }
        return await pendingLookUp(of: uid).value
    }

    /// The look-up under way, or a new one; there is never more than one of a uid.
    private func pendingLookUp(of uid: UInt32) -> Task<Entry, Never> {
        state.withLock { state in
            if let pending = state.pending[uid] { return pending }
            let task = Task { await self.renew(uid) }
            state.pending[uid] = task
            return task
        }
    }

    /// The age counts from before the look-up. A failed one leaves the uid alone, for a short time.
    private func renew(_ uid: UInt32) async -> Entry {
        let asked = clock.nowMilliseconds()
        let identity = try? await pool.runIfActive { [lookUp] in try lookUp(uid) }
        let age = identity == nil ? Self.failureAgeMilliseconds : Self.maximumAgeMilliseconds
        let entry = Entry(
            identity: identity ?? .unknown,
            renewAtMilliseconds: asked + min(age, Self.renewalAgeMilliseconds),
            endsAtMilliseconds: asked + age)
        state.withLock { state in
            state.pending[uid] = nil
            if state.known.count >= Self.maximumEntries {
                state.known = state.known.filter { asked < $0.value.endsAtMilliseconds }
            }
            if state.known.count < Self.maximumEntries { state.known[uid] = entry }
        }
        return entry
    }
}
