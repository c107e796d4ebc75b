/// What a store keeps of one live record: a sealed key box and the sealed fields, nothing readable.
public struct StoredRecord: Sendable, Equatable {
    /// The record.
    public var id: RecordID
    /// The segment whose key seals `box`.
    public var segment: SegmentID
    /// The box's generation: 1 at creation, one more with every change; the record's version.
    public var generation: UInt64
    /// The sealed key box (docs/FORMAT.md, "Key box").
    public var box: [UInt8]
    /// The sealed fields of all compartments (docs/FORMAT.md, "Record row").
    public var fields: [UInt8]

    /// Makes a stored record of its parts.
    public init(
        id: RecordID, segment: SegmentID, generation: UInt64, box: [UInt8], fields: [UInt8]
    ) {
        self.id = id
        self.segment = segment
        self.generation = generation
        self.box = box
        self.fields = fields
    }
}

/// Where a record lies in a store: a number that no other record of the store ever had or will have,
/// given in the order of making.
public struct RecordPlace: Hashable, Sendable, Comparable {
    /// Counted from 1.
    public let number: UInt64

    /// Names a place.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// Orders places by their numbers.
    public static func < (left: RecordPlace, right: RecordPlace) -> Bool {
        left.number < right.number
    }
}

/// The sealed key box of a record without its fields.
public struct StoredBox: Sendable, Equatable {
    /// Where the record lies.
    public var place: RecordPlace
    /// The record.
    public var id: RecordID
    /// The segment whose key seals `box`.
    public var segment: SegmentID
    /// The box's generation.
    public var generation: UInt64
    /// The sealed key box.
    public var box: [UInt8]

    /// Makes a stored box of its parts.
    public init(
        place: RecordPlace, id: RecordID, segment: SegmentID, generation: UInt64, box: [UInt8]
    ) {
        self.place = place
        self.id = id
        self.segment = segment
        self.generation = generation
        self.box = box
    }
}

/// What a store answers about an id.
public enum RecordLookup: Sendable, Equatable {
    /// The record lives.
    case live(StoredRecord)
    /// The record was erased; the tombstone's authenticated bytes (docs/FORMAT.md, "Tombstone").
    case erased(tombstone: [UInt8])
    /// No record of this id was ever here.
    case unknown
}

/// One line of a listing.
public struct ListedRecord: Sendable, Equatable {
    /// The record.
    public var id: RecordID
    /// Whether only its tombstone is left.
    public var isErased: Bool

    /// Makes a line.
    public init(id: RecordID, isErased: Bool) {
        self.id = id
        self.isErased = isErased
    }
}
