public import Storage
import Synchronization

/// A store around another that fails, stops or answers something else where a test says so.
public final class FaultyStore: VaultStore {
    /// What goes wrong with a commit.
    public enum Fault: Sendable {
        /// Nothing is written, and the ledger is told nothing.
        case refused(StoreError)
        /// The ledger is told, and then nothing is written.
        case failedAfterLedger(StoreError)
        /// Nothing is written, nobody can know, and the store serves no more.
        case unknownAndLost
        /// Everything is written, nobody can know, and the store serves no more.
        case unknownButWritten
        /// The mutations that match fail, their neighbours don't.
        case failedMutations(StoreError)
    }

    /// Where an operation can be stopped.
    public enum Point: Sendable {
        /// A record was read, and the answer is on its way.
        case afterRead(RecordID)
        /// A group with a mutation that matches is about to be committed.
        case beforeCommit(@Sendable (Mutation) -> Bool)
        /// A group with a mutation that matches was committed, and the answer is on its way.
        case afterCommit(@Sendable (Mutation) -> Bool)
    }

    struct PlannedFault {
        let matches: @Sendable (Mutation) -> Bool
        let fault: Fault
    }

    struct State {
        var faults: [PlannedFault] = []
        var holds: [(point: Point, gate: Gate)] = []
        var records: [RecordID: StoredRecord] = [:]
        var states: [String: StoredState] = [:]
        var groupSizes: [Int] = []
        var isFailed = false
    }

    let inner: any VaultStore
    let state = Mutex(State())

    /// Wraps a store; until told otherwise it does as that does.
    public init(_ inner: any VaultStore) {
        self.inner = inner
    }

    /// The next group with a mutation that matches goes wrong.
    public func failNextCommit(
        _ fault: Fault, where matches: @escaping @Sendable (Mutation) -> Bool = { _ in true }
    ) {
        state.withLock { $0.faults.append(PlannedFault(matches: matches, fault: fault)) }
    }

    /// Stops the next operation that comes to a point; it goes on when the gate is opened.
    public func hold(_ point: Point) -> Gate {
        let gate = Gate()
        state.withLock { $0.holds.append((point, gate)) }
        return gate
    }

    /// Answers this instead of what is kept of the record.
    public func substitute(_ record: StoredRecord) {
        state.withLock { $0.records[record.id] = record }
    }

    /// Answers this instead of the state of that name.
    public func substitute(_ substitute: StoredState) {
        state.withLock { $0.states[substitute.name] = substitute }
    }

    /// Answers what is kept again.
    public func clearSubstitutes() {
        state.withLock { state in
            state.records = [:]
            state.states = [:]
        }
    }

    /// How many mutations each group had, in order.
    public var groupSizes: [Int] { state.withLock { $0.groupSizes } }

    /// Closes the wrapped store although this one failed, as the end of the process would.
    public func closeInner() async {
        await inner.close()
    }
}
