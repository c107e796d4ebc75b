import KeyManagement
import Storage
import Synchronization
import Verification

/// Gathers what is in flight into groups and commits them, one at a time.
///
/// A group that needs a sync is committed by a thread of its own, and takes everything that waits when
/// it starts. While operations that were announced have not arrived, it waits for them, a fraction of
/// a millisecond at most: a commit costs one fsync however many share it.
///
/// A group of accesses that need no sync is committed by one of its callers, once the requests that
/// arrived together with it have joined: no thread is woken, and none waits for another.
final class CommitQueue: Sendable {
    struct Limits: Sendable {
        var groupCount = 1024
        /// Most audit entries of a group, which share a row; a single caller may have more.
        var groupEntries = 4096
        var gatherMicroseconds: UInt64 = 200
        var syncMilliseconds: UInt64 = 50
        var scrubMilliseconds: UInt64 = 200
    }

    private let store: any VaultStore
    private let ledger: Ledger
    private let log: LogTree
    private let clock: any WallClock
    private let limits: Limits
    private let inbox: CommitInbox
    private let thread = TaskThread()
    private let changes = ChangesOfCommitter()
    private let keys = KeysInForce()
    private let marks = LogMarks()
    private let published = Atomic<UInt64>(0)
    private let isBusy = Atomic(false)
    private let policyVersion: Atomic<UInt64>
    private let onFailure: @Sendable (StoreError) -> Void
    private let health: VaultHealth
    private let metrics: VaultMetrics
    let reserve: ReserveKeeper

    init(
        store: any VaultStore, ledger: Ledger, log: LogTree = LogTree(), clock: any WallClock,
        policyVersion: UInt64,
        health: VaultHealth = VaultHealth(), limits: Limits = Limits(),
        metrics: VaultMetrics = .unobserved, reserve: (any DiskReserve)? = nil,
        onFailure: @escaping @Sendable (StoreError) -> Void
    ) {
        self.store = store
        self.ledger = ledger
        self.log = log
        self.clock = clock
        self.limits = limits
        self.onFailure = onFailure
        self.health = health
        self.metrics = metrics
        self.reserve = ReserveKeeper(reserve)
        self.policyVersion = Atomic(policyVersion)
        inbox = CommitInbox(limits: limits)
    }

    /// Starts committing.
    func start() {
        Task(executorPreference: thread) { await self.run() }
    }

    /// The number of the last group that readers see; take it before reading.
    var sequence: UInt64 { published.load(ordering: .acquiring) }

    /// How many operations wait for a group to take them.
    var waitingCount: Int { inbox.waitingCount }

    /// How many entries wait for the 50 ms sync or the scrub.
    var isScrubPending: Bool { inbox.isScrubPending }

    /// Says that an operation is under way and will commit or withdraw.
    func announce() -> Announcement { Announcement(inbox: inbox) }

    /// Commits one operation.
    func commit(_ commit: Commit, _ announcement: consuming Announcement) async -> CommitResult {
        announcement.fulfil()
        return await self.commit([commit])[0]
    }

    /// Commits several operations, each atomic alone, in their order.
    func commit(_ commits: [Commit]) async -> [CommitResult] {
        guard !commits.isEmpty else { return [] }
        let batch = CommitBatch(commits)
        if let error = inbox.put(batch) { return commits.map { _ in .failed(error) } }
        // Whoever is about to put a batch on this executor does so before this goes on.
        if batch.isLight { await Task.yield() }
        while true {
            switch await inbox.turn(of: batch) {
            case .done(let results): return results
            case .lead(let group):
                await commitGroup(group)
                inbox.endLead()
            }
        }
    }

    /// Asks that what was deleted leaves every file soon; shared by all who ask meanwhile.
    func requestScrub() { inbox.requestScrub() }

    /// Commits what waits, scrubs if asked to, and ends.
    func stop() async {
        await withCheckedContinuation { continuation in inbox.stop(continuation) }
        thread.stop()
    }

    private func run() async {
        while true {
            switch inbox.next() {
            case .group(let batches): await commitGroup(batches)
            case .sync:
                let size = log.size
                await attempt { () throws(StoreError) in
                    try await store.sync()
                    log.noteSynced(upTo: size)
                    try markIfDue()
                }
            case .scrub:
                await attempt { () throws(StoreError) in
                    inbox.scrubbed(try await store.scrub())
                }
            case .stop(let continuation):
                if health.current != .outcomeUnknown {
                    await attempt { () throws(StoreError) in try mark() }
                }
                continuation.resume()
                return
            }
        }
    }

    private func commitGroup(_ batches: [CommitBatch]) async {
        begin()
        defer { end() }
        var group = CommitGroup(batches)
        group.settleOutdated(
            policyVersion: policyVersion.load(ordering: .relaxed), keys: keys,
            changes: changes.recent,
            replicasOutOfReach: group.tellsLedger ? ledger.probeReplicas() : [])
        if !reserve.admitsAll(mayUseReserve: group.mayUseReserve) {
            group.settleWithoutReserve()
            health.note(.diskFull)
        }
        guard !group.isSettled else { return inbox.deliver(group.results, to: batches) }
        let durability = group.durability
        let ledgerEntries = ledger.lastNumber
        let began = ThreadSignal.nowNanoseconds
        do throws(StoreError) {
            let outcomes = try await store.commit(
                group.mutations(telling: ledger), durability: durability
            ) { [group] (accepted: [Int]) throws(StoreError) in
                try announce(accepted.compactMap(group.ledgerEvent))
            }
            health.note(outcomes)
            if reserve.isUsed { health.note(.diskFull) }
            let sequence = published.load(ordering: .relaxed) + 1
            let (effects, leaves) = group.settle(outcomes, logSize: log.size) { changed in
                changes.recent.note(changed, group: sequence)
            }
            log.append(leaves)
            metrics.noteGroup(
                size: outcomes.count, entries: leaves.count, durability: durability,
                nanoseconds: ThreadSignal.nowNanoseconds - began)
            if durability == .power {
                log.noteSynced(upTo: log.size)
            } else if !leaves.isEmpty {
                inbox.noteUnsynced()
            }
            for effect in effects { effect() }
            published.store(sequence, ordering: .releasing)
            if durability == .power { try markIfDue() }
        } catch {
            // What the ledger holds is carried out at the next start: it didn't just fail.
            let isAnnounced = ledger.lastNumber != ledgerEntries
            let error = isAnnounced || error == .closed ? .outcomeUnknown : error
            group.fail(error)
            if error == .outcomeUnknown { fail(error) } else { health.note(error) }
        }
        inbox.deliver(group.results, to: batches)
    }

    /// Puts a new policy version in force; called from the effect of the commit that made it.
    func adopt(policyVersion version: UInt64) {
        policyVersion.store(version, ordering: .relaxed)
    }

    /// Puts other keys in force; called from the effect of a commit that has a group of its own.
    func adopt(keysVersion version: UInt64) { keys.adopt(version: version) }

    /// Puts a segment's new key in force; called from the effect of the commit that wrote it.
    func adopt(_ segment: StoredSegment) { keys.adopt(segment) }

    /// Where the ledger is written anyway, the log's mark costs nothing more.
    private func announce(_ events: [LedgerEvent]) throws(StoreError) {
        guard !events.isEmpty else { return }
        try append(marks.next(log.head, at: clock.nowMilliseconds).map(\.mark) + events)
    }

    private func markIfDue() throws(StoreError) {
        // A ledger that finds no room ends the service: a mark can wait.
        if marks.isDue(at: clock.nowMilliseconds), !reserve.isShort { try mark() }
    }

    private func mark() throws(StoreError) {
        let marks = marks.next(log.head, at: clock.nowMilliseconds).map(\.mark)
        if !marks.isEmpty { try append(marks) }
    }

    private func append(_ events: [LedgerEvent]) throws(StoreError) {
        do throws(KeyError) {
            try ledger.append(events, milliseconds: clock.nowMilliseconds)
        } catch {
            throw .outcomeUnknown
        }
    }

    /// The numbers of entries, the leaves of the tree and what changed lately go wrong in silence if
    /// two commit at once: rather end.
    private func begin() {
        precondition(
            isBusy.exchange(true, ordering: .acquiringAndReleasing) == false,
            "somebody commits already")
    }

    private func end() { isBusy.store(false, ordering: .releasing) }

    private func attempt(_ work: () async throws(StoreError) -> Void) async {
        begin()
        defer { end() }
        do throws(StoreError) {
            try await work()
        } catch {
            inbox.scrubbed(false)
            if error == .outcomeUnknown || error == .closed { fail(.outcomeUnknown) }
        }
    }

    /// Commits nothing more, and says so to everybody who waits.
    func fail(_ error: StoreError) {
        health.note(error)
        inbox.refuseAll(error)
        onFailure(error)
    }
}

/// When the ledger gets a mark of the log; for whoever commits, one at a time.
private final class LogMarks: @unchecked Sendable {
    private static let intervalMilliseconds: Int64 = 300_000
    private var marked: UInt64 = 0
    private var markedAtMilliseconds: Int64?

    func isDue(at now: Int64) -> Bool {
        guard let markedAtMilliseconds else { return true }
        return now - markedAtMilliseconds >= Self.intervalMilliseconds
    }

    /// The head to mark now, if the log has grown since the last one.
    func next(_ head: TreeHead, at now: Int64) -> [TreeHead] {
        markedAtMilliseconds = now
        guard head.size > marked else { return [] }
        marked = head.size
        return [head]
    }
}

/// What changed lately, for whoever commits: one at a time, as the inbox sees to.
private final class ChangesOfCommitter: @unchecked Sendable {
    var recent = RecentChanges()
}

/// An operation that will commit; if it ends without, the queue stops waiting for it.
struct Announcement: ~Copyable {
    private let inbox: CommitInbox
    private var isFulfilled = false

    fileprivate init(inbox: CommitInbox) {
        self.inbox = inbox
        inbox.announce()
    }

    deinit { if !isFulfilled { inbox.withdraw() } }

    /// The commit follows at once.
    fileprivate consuming func fulfil() {
        var ended = self
        ended.isFulfilled = true
        ended.inbox.fulfil()
    }
}
