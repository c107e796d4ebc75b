public import StrictJSON

/// A record to be created.
public struct NewRecord: Sendable, Equatable {
    /// What a record stands for.
    public enum Kind: String, Sendable, CaseIterable {
        /// A natural person.
        case person
        /// A company.
        case company
        /// A contact person of a company.
        case contact
    }

    /// What it stands for.
    public var kind: Kind
    /// The customer number or the like by which the caller knows it.
    public var reference: String?
    /// Where its fields come from, `subject` or `authority:dvv` for example.
    public var source: String?
    /// The source of single fields, where it is another.
    public var sources: [String: String] = [:]
    /// The id of a contact's company.
    public var company: String?
    /// Values by the names of their fields.
    public var fields: [String: JSONValue]

    /// Makes a record to be created.
    public init(
        kind: Kind, reference: String? = nil, source: String? = nil, company: String? = nil,
        fields: [String: JSONValue]
    ) {
        self.kind = kind
        self.reference = reference
        self.source = source
        self.company = company
        self.fields = fields
    }

    /// The record as `POST /v1/records` takes it.
    public var json: JSONValue {
        var members = [JSONMember("kind", .string(kind.rawValue))]
        if let reference { members.append(JSONMember("reference", .string(reference))) }
        if let source { members.append(JSONMember("source", .string(source))) }
        if !sources.isEmpty {
            members.append(JSONMember("sources", .object(sources.mapValues { .string($0) })))
        }
        if let company { members.append(JSONMember("company", .string(company))) }
        members.append(JSONMember("fields", .object(fields)))
        return .object(members)
    }
}

extension JSONValue {
    /// An object, its members by name.
    static func object(_ members: [String: JSONValue]) -> JSONValue {
        .object(
            members.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) })
    }
}
