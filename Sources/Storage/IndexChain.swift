/// The places in the blind index where records of one index value may stand.
///
/// Equal values take occurrences 0, 1, 2… without a gap, so that equal values leave no equal tags.
/// Only the vault can compute tags; a store asks for them as it walks.
public struct IndexChain: Sendable {
    /// The generation of the index, which is that of the index key.
    public var generation: UInt32
    /// The tag of an occurrence: 64 bits of keyed BLAKE2b (docs/FORMAT.md, "Blind index").
    public var tag: @Sendable (_ occurrence: UInt32) -> UInt64

    /// Makes a chain.
    public init(generation: UInt32, tag: @escaping @Sendable (_ occurrence: UInt32) -> UInt64) {
        self.generation = generation
        self.tag = tag
    }
}

/// An entry of an index that is filled from the boxes.
public struct IndexFilling: Sendable, Equatable {
    /// The tag.
    public var tag: UInt64
    /// Where the record lies that stands there.
    public var place: RecordPlace

    /// Makes an entry.
    public init(tag: UInt64, place: RecordPlace) {
        self.tag = tag
        self.place = place
    }
}

/// From which generation of each record's box an index was filled.
public final class FilledBoxes: Sendable {
    private let generations: [UInt32]

    /// - Parameter generations: By the number of the place; 0 where there was no box.
    public init(generations: [UInt32]) {
        self.generations = generations
    }

    /// Whether the box that an index was filled from came after a change, which it holds then.
    ///
    /// - Parameter generation: The box's after the change; `nil` when it is gone.
    public func hold(_ place: RecordPlace, generation: UInt64?) -> Bool {
        guard let generation, place.number < UInt64(generations.count) else { return false }
        return UInt64(generations[Int(place.number)]) >= generation
    }
}

/// One entry of the blind index.
public struct IndexEntry: Sendable, Equatable {
    /// The tag.
    public var tag: UInt64
    /// The record that stands there.
    public var record: RecordID

    /// Makes an entry.
    public init(tag: UInt64, record: RecordID) {
        self.tag = tag
        self.record = record
    }
}
