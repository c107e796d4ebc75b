import Catalogue
import Storage
import StrictJSON

/// A validated new record, or validated changes of one, field by field.
struct RecordDraft: Sendable {
    /// One field's new value with its source, or its removal.
    struct Change: Sendable {
        let field: FieldDefinition
        /// `nil` removes the field.
        let value: FieldValue?
        let source: String
        /// Whether the value loses a member that it had.
        var losesMember = false

        /// Whether something goes, so that its compartment gets a new key.
        var isRemoval: Bool { value == nil || losesMember }
    }

    let kind: RecordKind
    let company: RecordID?
    let changes: [Change]

    private static let createMembers: Set<String> = [
        "kind", "reference", "source", "sources", "company", "fields",
    ]
    private static let maximumFields = 64
    static let defaultSource = "subject"

    /// Reads the body of a creation (docs/openapi.yaml, RecordCreation).
    ///
    /// - Parameter needsCompany: Whether a contact must name its company; not in a dry run.
    init(
        creating body: JSONValue, catalogue: Catalogue, settings: CatalogueSettings,
        needsCompany: Bool
    ) throws(VaultError) {
        guard let members = body.members else {
            throw VaultError(.malformedRequest, pointer: "", .type)
        }
        try Self.refuseUnknown(members, allowed: Self.createMembers)
        guard let kind = body["kind"]?.text.flatMap(RecordKind.init(rawValue:)) else {
            throw VaultError(.invalidValue, pointer: "/kind", .required)
        }
        self.kind = kind
        company = try Self.company(of: body, kind: kind, isRequired: needsCompany)
        var fields = try Self.fields(of: body)
        if let reference = body["reference"] {
            guard !fields.contains(where: { $0.name == "reference" }) else {
                throw VaultError(.invalidValue, pointer: "/reference", .unknownMember)
            }
            fields.append(JSONMember("reference", reference))
        }
        fields.removeAll { $0.value.isNull }
        let sources = try SourceMap(body)
        var changes: [Change] = []
        var failures: [ValidationFailure] = []
        for member in fields {
            do throws(ValidationFailure) {
                changes.append(
                    try Self.change(
                        member, kind: kind, sources: sources, catalogue: catalogue,
                        settings: settings))
            } catch {
                failures.append(error)
            }
        }
        do throws(ValidationFailure) {
            try catalogue.requireFields(fields.map(\.name), of: kind)
        } catch {
            if !failures.contains(where: { $0.pointer.hasPrefix(error.pointer) }) {
                failures.append(error)
            }
        }
        guard failures.isEmpty else { throw Self.refusal(failures) }
        try sources.checkUse(of: changes.map(\.field.name))
        self.changes = changes
    }

    static func fields(of body: JSONValue) throws(VaultError) -> [JSONMember] {
        guard let fields = body["fields"]?.members else {
            throw VaultError(
                .invalidValue, pointer: "/fields", body["fields"] == nil ? .required : .type)
        }
        guard fields.count <= maximumFields else {
            throw VaultError(.invalidValue, pointer: "/fields", .tooLong)
        }
        return fields
    }

    static func refuseUnknown(
        _ members: [JSONMember], allowed: Set<String>
    ) throws(VaultError) {
        // The name of an unknown member may be personal data, so the pointer doesn't repeat it.
        guard members.allSatisfy({ allowed.contains($0.name) }) else {
            throw VaultError(.malformedRequest, pointer: "", .unknownMember)
        }
    }

    static func change(
        _ member: JSONMember, kind: RecordKind, sources: SourceMap, catalogue: Catalogue,
        settings: CatalogueSettings
    ) throws(ValidationFailure) -> Change {
        guard let field = catalogue.field(named: member.name) else {
            throw ValidationFailure(pointer: "/fields", .unknownField)
        }
        let value = try catalogue.validate(
            field: member.name, value: member.value, kind: kind, settings: settings)
        return Change(field: field, value: value, source: sources.source(of: member.name))
    }

    static func refusal(_ failures: [ValidationFailure]) -> VaultError {
        let isUnknown = failures.allSatisfy { $0.rule == ValidationRule.unknownField.rawValue }
        return VaultError(isUnknown ? .unknownField : .invalidValue, failures: failures)
    }

    private static func company(
        of body: JSONValue, kind: RecordKind, isRequired: Bool
    ) throws(VaultError) -> RecordID? {
        guard let company = body["company"] else {
            if kind == .contact, isRequired {
                throw VaultError(.invalidValue, pointer: "/company", .required)
            }
            return nil
        }
        guard kind == .contact else { throw VaultError(.invalidValue, pointer: "/company", .kind) }
        guard let id = company.text.flatMap({ RecordID($0) }) else {
            throw VaultError(.invalidValue, pointer: "/company", .format)
        }
        return id
    }
}

/// Where each field of a request comes from.
struct SourceMap: Sendable {
    private let standard: String
    private let byField: [String: String]

    init(_ body: JSONValue) throws(VaultError) {
        standard = try Self.label(body["source"], at: "/source") ?? RecordDraft.defaultSource
        guard let sources = body["sources"] else {
            byField = [:]
            return
        }
        guard let members = sources.members else {
            throw VaultError(.invalidValue, pointer: "/sources", .type)
        }
        var byField: [String: String] = [:]
        for member in members {
            byField[member.name] = try Self.label(member.value, at: "/sources")
        }
        self.byField = byField
    }

    func source(of field: String) -> String { byField[field] ?? standard }

    /// Refuses a source for a field that the request doesn't set.
    func checkUse(of fields: [String]) throws(VaultError) {
        guard byField.keys.allSatisfy(fields.contains) else {
            throw VaultError(.invalidValue, pointer: "/sources", .unknownField)
        }
    }

    private static func label(
        _ value: JSONValue?, at pointer: String
    ) throws(VaultError) -> String? {
        guard let value else { return nil }
        guard let text = value.text else {
            throw VaultError(.invalidValue, pointer: pointer, .type)
        }
        do throws(ValidationFailure) {
            return try SourceLabel(text).description
        } catch {
            throw VaultError(.invalidValue, pointer: pointer, .source)
        }
    }
}
