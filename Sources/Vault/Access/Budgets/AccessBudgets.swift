import Storage
import Synchronization

/// Who a budget is counted for: a token or, without one, a user, over all their connections.
///
/// Uids that neither the user database nor a grant knows share one: a user with a range of further uids
/// (subuid(5)) and a group's grant would else have the budget as many times.
enum BudgetPrincipal: Hashable, Sendable {
    case user(UInt32)
    case unnamed
    case token(String)

    /// - Parameter isNamed: Whether the user database or a grant knows the uid.
    init(token: String?, uid: UInt32, isNamed: Bool) {
        if let token {
            self = .token(token)
        } else {
            self = isNamed ? .user(uid) : .unnamed
        }
    }
}

extension AccessPolicy {
    /// The uids that grants name, now or at another time.
    var namedUIDs: Set<UInt32> { Set(grants.compactMap(\.principal.uid)) }
}

/// What all principals have seen and destroyed in the last hour.
///
/// A record counts once in an hour, however often it is seen; so does one that is not there.
final class AccessBudgets: Sendable {
    private struct State {
        var uses: [BudgetPrincipal: BudgetUse] = [:]
        /// Who waits for a reservation of another operation of theirs to end.
        var waiting: [BudgetPrincipal: [UnsafeContinuation<Void, Never>]] = [:]
    }

    private static let maximumPrincipals = 10_000
    private let clock: any WallClock
    private let state = Mutex(State())

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// Counts records, in order, as long as there is room.
    ///
    /// - Returns: for each whether it may be seen, and how many seconds to wait for the others.
    func take(
        _ records: [RecordID], by principal: BudgetPrincipal, limit: Budgets.Limit
    ) -> (isAllowed: [Bool], waitSeconds: Int64?) {
        guard case .count(let limit) = limit else {
            return (Array(repeating: true, count: records.count), nil)
        }
        let now = clock.nowSeconds
        return withUse(of: principal, now) { use in
            var wait: Int64?
            let isAllowed = records.map { record in
                guard let seconds = use.take(record, limit: limit, at: now) else { return true }
                wait = seconds
                return false
            }
            return (isAllowed, wait)
        }
    }

    /// How many seconds to wait until one more record may be seen; `nil`: none.
    func waitForRecords(by principal: BudgetPrincipal, limit: Budgets.Limit) -> Int64? {
        guard case .count(let limit) = limit else { return nil }
        let now = clock.nowSeconds
        return withUse(of: principal, now) { use in
            use.hasRecordRoom(limit: limit, at: now) ? nil : use.waitForRecords(at: now)
        }
    }

    /// Reserves a search, so that what is under way at once can't pass the bound together.
    ///
    /// Where what is under way stands in the way, it waits for that to end: whoever holds a reservation
    /// must not ask for another.
    ///
    /// - Throws: ``VaultError/Code/overBudget``.
    func reserveSearch(
        by principal: BudgetPrincipal, limit: Budgets.Limit
    ) async throws(VaultError) -> SearchReservation {
        guard case .count(let limit) = limit else { return SearchReservation() }
        while true {
            let now = clock.nowSeconds
            let (wait, isHeldUp) = withUse(of: principal, now) { use in
                (use.reserveSearch(limit: limit, at: now), use.searchesReserved > 0)
            }
            guard let wait else { return SearchReservation(self, principal) }
            guard isHeldUp else { throw RecordVault.overBudget(waitSeconds: wait) }
            await waitForAnEnd(of: principal)
        }
    }

    /// Reserves a search if there is room now.
    func tryReserveSearch(
        by principal: BudgetPrincipal, limit: Budgets.Limit
    ) -> SearchReservation? {
        guard case .count(let limit) = limit else { return SearchReservation() }
        let now = clock.nowSeconds
        let wait = withUse(of: principal, now) { $0.reserveSearch(limit: limit, at: now) }
        return wait == nil ? SearchReservation(self, principal) : nil
    }

    fileprivate func endSearch(by principal: BudgetPrincipal, counts: Bool) {
        let now = clock.nowSeconds
        let waiting = state.withLock { state in
            state.uses[principal]?.endSearch(counts: counts, at: now)
            return state.waiting.removeValue(forKey: principal) ?? []
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Reserves an erasure. What is under way counts until it has come to nothing.
    ///
    /// - Throws: ``VaultError/Code/overBudget``.
    func reserveErasure(
        by principal: BudgetPrincipal, limit: Budgets.Limit
    ) throws(VaultError) -> ErasureReservation {
        guard case .count(let limit) = limit else { return ErasureReservation(nil, principal) }
        let now = clock.nowSeconds
        let wait = withUse(of: principal, now) { $0.reserveErasure(limit: limit, at: now) }
        if let wait { throw RecordVault.overBudget(waitSeconds: wait) }
        return ErasureReservation(self, principal)
    }

    func endErasure(by principal: BudgetPrincipal, counts: Bool) {
        let now = clock.nowSeconds
        state.withLock { $0.uses[principal]?.endErasure(counts: counts, at: now) }
    }

    /// Counts what the log says of the last hour.
    func note(
        _ record: RecordID?, isSearch: Bool = false, isErasure: Bool = false,
        by principal: BudgetPrincipal, at seconds: Int64
    ) {
        withUse(of: principal, clock.nowSeconds) { use in
            if let record { use.note(record, at: seconds) }
            if isSearch { use.noteSearch(at: seconds) }
            if isErasure { use.noteErasure(at: seconds) }
        }
    }

    private func waitForAnEnd(of principal: BudgetPrincipal) async {
        await withUnsafeContinuation { continuation in
            let hasEnded = state.withLock { state in
                guard state.uses[principal]?.searchesReserved ?? 0 > 0 else { return true }
                state.waiting[principal, default: []].append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func withUse<Result: Sendable>(
        of principal: BudgetPrincipal, _ now: Int64, _ body: (inout BudgetUse) -> Result
    ) -> Result {
        state.withLock { state in
            if state.uses.count >= Self.maximumPrincipals, state.uses[principal] == nil {
                state.uses = state.uses.filter {
                    $0.value.isUnderWay || now - $0.value.lastUse < BudgetUse.windowSeconds
                }
            }
            return body(&state.uses[principal, default: BudgetUse()])
        }
    }
}

/// One search that is under way, until it is ended.
struct SearchReservation: Sendable {
    private let budgets: AccessBudgets?
    private let principal: BudgetPrincipal

    fileprivate init(_ budgets: AccessBudgets, _ principal: BudgetPrincipal) {
        self.budgets = budgets
        self.principal = principal
    }

    /// One that nothing bounds.
    fileprivate init() {
        budgets = nil
        principal = .user(Caller.overflowID)
    }

    /// Ends it, once: it counts if it told anything, a miss included.
    func end(counts: Bool) {
        budgets?.endSearch(by: principal, counts: counts)
    }
}
