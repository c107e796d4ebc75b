public import StrictJSON

/// A record as the vault showed it: what grant, purpose and view allow.
public struct VaultRecord: Sendable, Equatable {
    /// The record's id.
    public let id: String
    /// `person`, `company` or `contact`.
    public let kind: String
    /// The version, for an update that must not overwrite another's.
    public let version: UInt64
    /// The answer whole.
    public let json: JSONValue

    /// The value of a field, nil if it has none or it is not shown.
    public subscript(_ field: String) -> JSONValue? { json["fields"]?[field] }

    /// Why fields that were asked for are not shown, by their names.
    public var withheld: [String: String] { texts(of: "withheld") }

    /// Where fields come from, by their names, if sources were asked for.
    public var sources: [String: String] { texts(of: "sources") }

    /// The id of a contact's company.
    public var company: String? { json["company"]?.text }

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.text, let kind = json["kind"]?.text,
            let version = json["version"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.id = id
        self.kind = kind
        self.version = version
        self.json = json
    }

    private func texts(of member: String) -> [String: String] {
        let pairs = (json[member]?.members ?? []).compactMap { member in
            member.value.text.map { (member.name, $0) }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

/// What a change left behind: the record's id and its version now.
public struct WrittenRecord: Sendable, Hashable {
    /// The record's id.
    public let id: String
    /// Its version.
    public let version: UInt64

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.text,
            let version = json["version"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.id = id
        self.version = version
    }
}

/// How a record's fields are shown.
public enum RecordView: String, Sendable, CaseIterable {
    /// As they are.
    case plain
    /// So that they are recognised, not read.
    case masked
}
