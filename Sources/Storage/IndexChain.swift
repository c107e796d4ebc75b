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
