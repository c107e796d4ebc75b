public import Catalogue
public import Storage
public import StrictJSON

/// What a caller sees of a record.
public struct RecordView: Sendable {
    /// One field: its name, and where its JSON lies in ``RecordView/bytes``.
    public struct Field: Sendable {
        /// The field's name.
        public let name: String
        /// Its JSON, ready to be copied into an answer.
        public let range: Range<Int>
    }

    /// The record.
    public let id: RecordID
    /// Its kind.
    public let kind: RecordKind
    /// Its version.
    public let version: UInt64
    /// The company that a contact belongs to.
    public let company: RecordID?
    /// Whether processing of the record is restricted.
    public let isRestricted: Bool
    /// The fields that may be seen.
    public let fields: [Field]
    /// The JSON of all fields.
    public let bytes: [UInt8]
    /// Fields that should be there and why they are not: `stale`, `damaged`, `masked`,
    /// `protected`, `restricted`.
    public let withheld: [(field: String, reason: String)]
    /// Where each field comes from, if asked for.
    public let sources: [(field: String, label: String)]
}

/// Which fields a caller wants, and how.
public struct FieldSelection: Sendable {
    /// The fields; `nil`: all that the grant allows.
    public let fields: [String]?
    /// The view; `nil`: the best that the grant allows.
    public let view: View?
    /// Whether to say where each field comes from.
    public let includesSources: Bool

    /// Makes a selection.
    public init(fields: [String]? = nil, view: View? = nil, includesSources: Bool = false) {
        self.fields = fields
        self.view = view
        self.includesSources = includesSources
    }
}

/// A field and the value to find it by.
public struct SearchQuery: Sendable {
    /// The field.
    public let field: String
    /// The value; normalised like a stored one.
    public let value: JSONValue

    /// Makes a query.
    public init(field: String, value: JSONValue) {
        self.field = field
        self.value = value
    }
}

/// What a search found.
public struct SearchMatches: Sendable {
    /// The records.
    public let records: [RecordView]
    /// Whether there are more than the limit.
    public let isTruncated: Bool
}

/// A record that was written.
public struct WrittenRecord: Sendable, Equatable {
    /// The record.
    public let id: RecordID
    /// Its version now.
    public let version: UInt64
}
