/// The number of a segment: a group of about 256 records whose key boxes one key seals.
public struct SegmentID: Hashable, Sendable, Comparable {
    /// Counted from 1 in the order of making.
    public let number: UInt32

    /// Makes the id of a number.
    public init(_ number: UInt32) {
        self.number = number
    }

    /// Orders segments by their numbers.
    public static func < (left: SegmentID, right: SegmentID) -> Bool {
        left.number < right.number
    }
}

/// A segment's key, wrapped, and what a rotation needs to know of it.
public struct StoredSegment: Sendable, Equatable {
    /// The segment.
    public var id: SegmentID
    /// 1 when made, one more whenever the segment gets a new key.
    public var generation: UInt64
    /// The epoch of the KEK that wraps the key.
    public var epoch: UInt64
    /// The epoch in which a box under this key, or a DEK in one, was last removed or moved since the key
    /// was made; 0: in none.
    public var dirtySince: UInt64
    /// The wrapped key (docs/FORMAT.md, "Segment key").
    public var wrapped: [UInt8]

    /// Makes a stored segment of its parts.
    public init(
        id: SegmentID, generation: UInt64, epoch: UInt64, dirtySince: UInt64, wrapped: [UInt8]
    ) {
        self.id = id
        self.generation = generation
        self.epoch = epoch
        self.dirtySince = dirtySince
        self.wrapped = wrapped
    }

    /// Whether a box under this key, or a DEK in one, was removed or moved.
    public var isDirty: Bool { dirtySince > 0 }
}
