public import Storage
import Synchronization

/// A store in memory: the model that others are compared with, and, with a defect, the proof that
/// the suite notices it.
public final class InMemoryStore: VaultStore {
    /// Something that a store may do wrong.
    public enum Defect: String, CaseIterable, Sendable {
        /// Who leaves a chain leaves a gap.
        case gapInChain
        /// The last of a chain stays when it has moved.
        case doubleInChain
        /// Both index generations share one table.
        case oneIndexForAll
        /// Index entries come in the order of signed tags.
        case signedTagOrder
        /// An erased id may live again.
        case forgottenTombstone
        /// One failing mutation fails its group.
        case failingGroup
        /// What a failing mutation wrote before it failed stays.
        case halfMutation
        /// A rejected mutation writes all the same.
        case writesOnRejection
        /// Expectations are checked against what was there before the group.
        case blindGroup
        /// A group is kept although the ledger failed.
        case keepsWithoutLedger
        /// The ledger is told of mutations that will not commit.
        case tellsLedgerAll
        /// Refused mutations take audit numbers.
        case auditGap
        /// Listings begin with the id after which they should begin.
        case inclusivePaging
        /// Listings leave out the erased.
        case forgetsErasedInList
        /// A replay counts for ever.
        case eternalReplay
        /// Replays are dropped at the second until which they are kept.
        case earlyDrop
        /// States change whatever version was expected.
        case anyStateVersion
        /// Leaf hashes begin with the one that is to be passed over.
        case leafHashesFromTheNumber
        /// One entry more expires than should.
        case expiresOneMore
        /// Expired entries lose their hashes.
        case forgetsHashes
        /// Certificates name the entry before theirs.
        case wrongEntryOfCertificate
        /// Certificates come newest first.
        case newestCertificateFirst
        /// A moved record still counts in its old segment.
        case staleSegmentCount
        /// Records read together come from different moments.
        case tornReads
        /// Kept back changes of an index are carried out although its boxes held them.
        case settlesAll
        /// A segment counts as unchanged whatever became of it.
        case anySegment
        /// A snapshot shows what was committed since.
        case movingSnapshot
        /// A snapshot leaves out the erased.
        case snapshotWithoutTombstones
        /// A snapshot's segment holds the records that were once made in it.
        case snapshotOfFirstSegments
        /// A snapshot serves after it was closed.
        case endlessSnapshot
        /// It goes on after it was closed.
        case neverCloses
    }

    let defect: Defect?
    private let state = Mutex(MemoryState())
    private let isClosed = Atomic<Bool>(false)

    /// Makes an empty store.
    public init(defect: Defect? = nil) {
        self.defect = defect
    }

    /// What is there at one moment.
    func current() throws(StoreError) -> MemoryState {
        guard !isClosed.load(ordering: .acquiring) || defect == .neverCloses else { throw .closed }
        return state.withLock { $0 }
    }

    /// See ``VaultStore/commit(_:durability:beforeCommit:)``.
    public func commit(
        _ group: [Mutation], durability: Durability,
        beforeCommit: @Sendable ([Int]) throws(StoreError) -> Void
    ) async throws(StoreError) -> [MutationOutcome] {
        let before = try current()
        var after = before
        var outcomes: [MutationOutcome] = []
        for mutation in group {
            let untouched = after
            var outcome = after.apply(
                mutation, seeing: defect == .blindGroup ? before : after, defect: defect)
            if case .failed(let error) = outcome {
                if defect == .failingGroup { throw error }
                if defect != .halfMutation { after.takeBack(to: untouched, defect: defect) }
            } else if case .rejected = outcome, defect == .writesOnRejection {
                outcome = after.apply(
                    Mutation(writes: mutation.writes), seeing: after, defect: defect)
                outcome = outcome == .committed ? .rejected(.unknownRecord(Sample.id(0))) : outcome
            }
            outcomes.append(outcome)
        }
        let places = outcomes.indices.filter {
            group[$0].needsLedger && (outcomes[$0] == .committed || defect == .tellsLedgerAll)
        }
        do throws(StoreError) {
            if !places.isEmpty { try beforeCommit(places) }
        } catch {
            if defect == .keepsWithoutLedger { keep(after) }
            throw error
        }
        keep(after)
        return outcomes
    }

    /// See ``VaultStore/snapshot()``.
    public func snapshot() async throws(StoreError) -> any StoreSnapshot {
        let state = try current()
        return MemorySnapshot(defect: defect) { [self] in
            defect == .movingSnapshot ? (try? current()) ?? state : state
        }
    }

    /// See ``VaultStore/sync()``.
    public func sync() async throws(StoreError) {
        _ = try current()
    }

    /// See ``VaultStore/scrub()``.
    public func scrub() async throws(StoreError) -> Bool {
        _ = try current()
        return true
    }

    /// See ``VaultStore/close()``.
    public func close() async {
        isClosed.store(true, ordering: .releasing)
    }

    private func keep(_ after: MemoryState) {
        state.withLock { $0 = after }
    }
}
