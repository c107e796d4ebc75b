/// A field of the catalogue.
public struct FieldDefinition: Sendable, Equatable {
    /// The name, as in `fields` of a record.
    public let name: String
    /// Which values it takes.
    public let type: FieldType
    /// The name of the compartment whose key seals it.
    public let compartment: String
    /// Whether records are found by it.
    public let isSearchable: Bool
    /// Whether two records with the same value are one record filed twice.
    public let isUnique: Bool
    /// What a masked read shows.
    public internal(set) var mask: Mask
    /// The kinds of records that may have it.
    public let kinds: Set<RecordKind>
    /// The longest text in characters, for types `text` and `reference`.
    public let maximumLength: Int

    init(
        _ name: String, _ type: FieldType, in compartment: String, isSearchable: Bool = false,
        isUnique: Bool = false, mask: Mask, kinds: Set<RecordKind> = Set(RecordKind.allCases),
        maximumLength: Int = FieldDefinition.defaultMaximumLength
    ) {
        self.name = name
        self.type = type
        self.compartment = compartment
        self.isSearchable = isSearchable
        self.isUnique = isUnique
        self.mask = mask
        self.kinds = kinds
        self.maximumLength = maximumLength
    }

    /// The longest text where the catalogue does not say.
    public static let defaultMaximumLength = 200

    /// Where the field stands in a record as the API shows it.
    public var pointer: String { name == "reference" ? "/reference" : "/fields/\(name)" }
}
