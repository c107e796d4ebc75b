public import Storage

/// The index that a record stands in: what makes its values, and the keys under which they stand there.
public struct RecordIndex: Sendable {
    /// Derives index values.
    public let secret: IndexSecret
    private let keys: [IndexKey]

    init(secret: IndexSecret, keys: [IndexKey]) {
        self.secret = secret
        self.keys = keys
    }

    /// The generation that is searched.
    public var generation: UInt32 { keys[0].generation }

    /// Where records of a value are found.
    public func chain(of value: IndexValue) -> IndexChain { keys[0].chain(of: value) }

    /// Where a record of a value has to stand: in the index that is searched, and in the one that an epoch
    /// rotation makes.
    public func chains(of value: IndexValue) -> [IndexChain] {
        keys.map { $0.chain(of: value) }
    }
}

extension Keyring {
    /// The index of the records of a segment.
    ///
    /// A deep rotation takes records from the old index to the new one segment by segment, together with the
    /// segment's new key: the key's epoch tells where they stand.
    public func index(of segment: SegmentKey) -> RecordIndex {
        guard rotation == .deep else {
            return RecordIndex(secret: keySets[0].indexSecret, keys: indexKeys)
        }
        return segment.epoch == kek.epoch ? searchedIndexes[1] : searchedIndexes[0]
    }

    /// Where records are searched for: in one index, or in both of a deep rotation, the old one first, so that
    /// none is missed that moves meanwhile.
    public var searchedIndexes: [RecordIndex] {
        guard rotation == .deep else {
            return [RecordIndex(secret: keySets[0].indexSecret, keys: [indexKey])]
        }
        return zip(keySets, indexKeys).map { RecordIndex(secret: $0.indexSecret, keys: [$1]) }
    }
}
