/// The fields, compartments and purposes that a vault knows: those that ship, and what the
/// controller's `catalogue.yaml` adds to them.
public struct Catalogue: Sendable, Equatable {
    /// The version that the controller gave the file; 0 where there is no file.
    public let version: Int
    /// Who is responsible for the data (GDPR 4(7)); nil where there is no file.
    public let controller: ContactDetails?
    /// The data protection officer (GDPR 37), where there is one.
    public let dataProtectionOfficer: ContactDetails?
    /// All compartments, the shipped ones first.
    public let compartments: [Compartment]
    /// All fields, the shipped ones first.
    public let fields: [FieldDefinition]
    /// All purposes, the shipped ones first.
    public let purposes: [Purpose]

    private let fieldsByName: [String: FieldDefinition]
    private let fieldsByCompartment: [String: [FieldDefinition]]
    private let purposesByName: [String: Purpose]

    init(
        version: Int, controller: ContactDetails?, dataProtectionOfficer: ContactDetails?,
        compartments: [Compartment], fields: [FieldDefinition], purposes: [Purpose]
    ) {
        self.version = version
        self.controller = controller
        self.dataProtectionOfficer = dataProtectionOfficer
        self.compartments = compartments
        self.fields = fields
        self.purposes = purposes
        fieldsByName = Dictionary(fields.map { ($0.name, $0) }) { first, _ in first }
        fieldsByCompartment = Dictionary(grouping: fields, by: \.compartment)
        purposesByName = Dictionary(purposes.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The catalogue of a vault without a `catalogue.yaml`.
    public static let shipped = Catalogue(
        version: 0, controller: nil, dataProtectionOfficer: nil, compartments: Compartment.shipped,
        fields: FieldDefinition.shipped, purposes: Purpose.shipped)

    /// The field called `name`.
    public func field(named name: String) -> FieldDefinition? { fieldsByName[name] }

    /// The fields that `compartment` seals; none for a compartment that is not there.
    public func fields(in compartment: String) -> [FieldDefinition] {
        fieldsByCompartment[compartment, default: []]
    }

    /// The compartment called `name`.
    public func compartment(named name: String) -> Compartment? {
        compartments.first { $0.name == name }
    }

    /// The purpose called `name`.
    public func purpose(named name: String) -> Purpose? { purposesByName[name] }

    /// The fields without which no record of that kind is complete.
    public func requiredFields(of kind: RecordKind) -> [String] { ["name"] }
}
