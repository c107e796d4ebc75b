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

/// From which generation of each record's box an index was filled, in parts by the first bits of the tag of a
/// value's first occurrence: each part reads the boxes anew.
public struct FilledBoxes: Sendable {
    private let partBits: Int
    /// Of the first part, by the number of the place; 0 where there was no box.
    private var generations: [UInt32] = [0]
    /// Of each part, where it read another generation than the first part did.
    private var others: [[UInt64: UInt32]]

    /// - Parameter partBits: There are 2 to this power parts.
    public init(partBits: Int) {
        self.partBits = partBits
        others = Array(repeating: [:], count: 1 << partBits)
    }

    /// Notes what a part read.
    public mutating func note(_ place: RecordPlace, generation: UInt64, part: Int) {
        let number = Int(place.number)
        let generation = UInt32(clamping: generation)
        if part == 0 {
            while generations.count <= number { generations.append(0) }
            generations[number] = generation
        } else if number >= generations.count || generations[number] != generation {
            others[part][place.number] = generation
        }
    }

    /// Whether the box that a value's entry was made from came after a change, which the index holds then.
    ///
    /// - Parameters:
    ///   - generation: The box's after the change; `nil` when it is gone.
    ///   - first: The tag of the value's first occurrence.
    public func hold(_ place: RecordPlace, generation: UInt64?, first: UInt64) -> Bool {
        guard let generation else { return false }
        let part = partBits == 0 ? 0 : Int(first >> UInt64(64 - partBits))
        if let other = others[part][place.number] { return UInt64(other) >= generation }
        guard place.number < UInt64(generations.count) else { return false }
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
