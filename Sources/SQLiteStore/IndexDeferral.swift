import Storage

/// A change of the blind index.
struct IndexChange {
    let isAddition: Bool
    let chain: IndexChain
    let record: Int64
}

/// Changes of an index that is being filled, kept back until it is; in memory, since an index that was not
/// settled is filled anew.
struct IndexDeferral {
    private struct Kept {
        let change: IndexChange
        /// The record's box generation after the change; `nil` when the box is gone.
        let boxGeneration: UInt64?
    }

    private var generation: UInt32?
    private var kept: [Kept] = []
    private var taken = 0
    /// The box generation that the mutation which runs leaves; `nil` when it leaves none.
    private var boxGeneration: UInt64?

    /// What a transaction or a savepoint goes back to.
    struct Mark {
        fileprivate let generation: UInt32?
        fileprivate let count: Int
        fileprivate let taken: Int
    }

    var mark: Mark { Mark(generation: generation, count: kept.count, taken: taken) }

    mutating func goBack(to mark: Mark) {
        generation = mark.generation
        if kept.count > mark.count { kept.removeLast(kept.count - mark.count) }
        taken = mark.taken
    }

    /// Forgets what a transaction carried out, once it is committed.
    mutating func committed() {
        kept.removeFirst(taken)
        taken = 0
        if generation == nil { kept = [] }
    }

    mutating func begin(_ generation: UInt32) {
        self.generation = generation
        taken = kept.count
    }

    mutating func begin(_ mutation: Mutation) {
        guard generation != nil else { return }
        boxGeneration = nil
        for write in mutation.writes {
            switch write {
            case .insert(let record), .replace(let record): boxGeneration = record.generation
            default: continue
            }
        }
    }

    /// Keeps a change back if it is of the index that is being filled.
    mutating func note(_ change: IndexChange) -> Bool {
        guard change.chain.generation == generation else { return false }
        kept.append(Kept(change: change, boxGeneration: boxGeneration))
        return true
    }

    /// The next changes to carry out, in their order; with the last of them the keeping back ends.
    mutating func take(
        _ generation: UInt32, filledFrom boxes: FilledBoxes, limit: Int
    ) throws(StoreError) -> [IndexChange] {
        guard self.generation == generation else { throw .corrupt(place: "blind_index") }
        let next = kept[taken...].prefix(limit)
        taken += next.count
        if taken == kept.count { self.generation = nil }
        return next.filter {
            !boxes.hold(
                RecordPlace(UInt64($0.change.record)), generation: $0.boxGeneration,
                first: $0.change.chain.tag(0))
        }.map(\.change)
    }
}
