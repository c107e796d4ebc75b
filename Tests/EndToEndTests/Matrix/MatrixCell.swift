/// One request of the matrix: what is asked, of which record, for which purpose.
struct MatrixCell: Sendable {
    enum Operation: Sendable {
        case read(MatrixRecord, fields: [String]?, view: String?)
        case search(field: String, of: MatrixRecord, fields: [String]?)
        case verify(MatrixRecord, field: String, value: String, isRight: Bool)
        /// - Parameter twin: the live record that has `field`'s value already.
        case create(
            CatalogueFacts.RecordKind, fields: [String], body: String,
            twin: (record: MatrixRecord, field: String)?)
        case update(MatrixRecord, field: String, value: String?)
        case contacts(MatrixRecord, fields: [String]?)
        case batchRead([MatrixRecord], fields: [String]?)
        case batchWrite([(cell: Operation, item: String)])
        case list(List)
        case erase(MatrixRecord, compartments: [String]?)
        case certificates(MatrixRecord)
        case history(MatrixRecord)
        case recordConsent(MatrixRecord, to: String, state: String)
        case consents(MatrixRecord)
        case object(MatrixRecord, to: String)
        case liftObjection(MatrixRecord, to: String)
        case objections(MatrixRecord)
        case restrict(MatrixRecord)
        case liftRestriction(MatrixRecord)
        case restriction(MatrixRecord)
        case protect(MatrixRecord)
        case endProtection(MatrixRecord)
        case protection(MatrixRecord)
        /// The protections that end some day.
        case protections([MatrixRecord])
        case hold(MatrixRecord)
        case endHold(MatrixRecord)
        case holds(MatrixRecord)
        /// What needs no grant and no token.
        case health
        /// What is not about records: one permission, one outcome for whoever has it.
        case administration(
            String, method: String, path: String, body: String?, permission: String,
            outcome: String)
    }

    /// Which records are listed.
    struct List: Sendable {
        enum Form: Sendable {
            case all
            /// With the purpose in the query, too.
            case filtered
            /// With the purpose in the query alone.
            case filteredByQuery
        }

        let form: Form
        /// Records that are on the list's first page if anywhere.
        let records: [MatrixRecord]
    }

    let operation: Operation
    let purpose: String?

    /// The request's method, path, purpose in the header, and body.
    var request: (method: String, path: String, purpose: String?, body: String?) {
        let (method, path, body) = operation.request
        guard case .list(let list) = operation, let purpose, list.form != .all else {
            return (method, path, purpose, body)
        }
        let isInHeader = list.form == .filtered
        return (method, path + "&purpose=" + purpose, isInHeader ? purpose : nil, body)
    }
}

extension MatrixCell.Operation {
    fileprivate var request: (method: String, path: String, body: String?) {
        switch self {
        case .read(let record, let fields, let view):
            ("GET", Self.path(record) + Self.query(fields, view), nil)
        case .search(let field, let record, let fields):
            (
                "POST", "/v1/search",
                #"{"field":"\#(field)","value":\#(record.values[field]?.search ?? "\"x\"")\#(Self.members(fields))}"#
            )
        case .verify(let record, let field, let value, _):
            ("POST", Self.path(record) + "/verify", #"{"field":"\#(field)","value":\#(value)}"#)
        case .create(_, _, let body, _): ("POST", "/v1/records", body)
        case .update(let record, let field, let value):
            ("PATCH", Self.path(record), #"{"fields":{"\#(field)":\#(value ?? "null")}}"#)
        case .contacts(let record, let fields):
            ("GET", Self.path(record) + "/contacts" + Self.query(fields, nil), nil)
        case .batchRead(let records, let fields):
            (
                "POST", "/v1/batch/read",
                #"{"ids":[\#(records.map { "\"\($0.id)\"" }.joined(separator: ","))]\#(Self.members(fields))}"#
            )
        case .batchWrite(let items):
            (
                "POST", "/v1/batch/write",
                #"{"operations":[\#(items.map(\.item).joined(separator: ","))]}"#
            )
        case .list: ("GET", "/v1/records?limit=1000", nil)
        case .erase(let record, let compartments):
            (
                "POST", Self.path(record) + "/erasure",
                #"{"reason":"matrix"\#(Self.members(compartments, "compartments"))}"#
            )
        case .certificates(let record): ("GET", Self.path(record) + "/erasure", nil)
        case .history(let record): ("GET", Self.path(record) + "/history?limit=1", nil)
        case .recordConsent(let record, let purpose, let state):
            (
                "POST", Self.path(record) + "/consents",
                #"{"purpose":"\#(purpose)","state":"\#(state)"}"#
            )
        case .consents(let record): ("GET", Self.path(record) + "/consents", nil)
        case .object(let record, let purpose):
            ("PUT", Self.path(record) + "/objections/" + purpose, "{}")
        case .liftObjection(let record, let purpose):
            ("DELETE", Self.path(record) + "/objections/" + purpose, nil)
        case .objections(let record): ("GET", Self.path(record) + "/objections", nil)
        case .restrict(let record):
            ("PUT", Self.path(record) + "/restriction", #"{"ground":"matrix"}"#)
        case .liftRestriction(let record): ("DELETE", Self.path(record) + "/restriction", nil)
        case .restriction(let record): ("GET", Self.path(record) + "/restriction", nil)
        case .protect(let record):
            ("PUT", Self.path(record) + "/protection", #"{"until":"2999-01-01"}"#)
        case .endProtection(let record): ("DELETE", Self.path(record) + "/protection", nil)
        case .protection(let record): ("GET", Self.path(record) + "/protection", nil)
        case .hold(let record):
            (
                "PUT", Self.path(record) + "/holds/matrix",
                #"{"ground":"contract","basis":"matrix"}"#
            )
        case .endHold(let record): ("DELETE", Self.path(record) + "/holds/matrix", nil)
        case .holds(let record): ("GET", Self.path(record) + "/holds", nil)
        case .protections: ("GET", "/v1/protections?limit=1000&before=3000-01-01T00:00:00Z", nil)
        case .health: ("GET", "/healthz", nil)
        case .administration(_, let method, let path, let body, _, _): (method, path, body)
        }
    }

    private static func path(_ record: MatrixRecord) -> String { "/v1/records/" + record.id }

    private static func query(_ fields: [String]?, _ view: String?) -> String {
        let parts = [
            fields.map { "fields=" + $0.joined(separator: ",") }, view.map { "view=" + $0 },
        ].compactMap { $0 }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    private static func members(_ names: [String]?, _ member: String = "fields") -> String {
        guard let names else { return "" }
        return #","\#(member)":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]"#
    }
}

extension MatrixCell: CustomStringConvertible {
    /// Operation, field, view, purpose and state, to find the cell by.
    var description: String { "\(operation), purpose \(purpose ?? "none")" }
}

extension MatrixCell.Operation: CustomStringConvertible {
    var description: String {
        func list(_ names: [String]?) -> String { names.map { "\($0)" } ?? "no fields" }
        return switch self {
        case .read(let record, let fields, let view):
            "read \(record.name), \(list(fields)), view \(view ?? "none")"
        case .search(let field, let record, let fields):
            "search \(field) of \(record.name), \(list(fields))"
        case .verify(let record, let field, _, let isRight):
            "verify \(field) of \(record.name), \(isRight ? "right" : "wrong")"
        case .create(let kind, let fields, _, let twin):
            "create \(kind), \(fields)" + (twin.map { ", twin of \($0.record.name)" } ?? "")
        case .update(let record, let field, let value):
            "\(value == nil ? "remove" : "update") \(field) of \(record.name)"
        case .contacts(let record, let fields): "contacts of \(record.name), \(list(fields))"
        case .batchRead(_, let fields): "batch read, \(list(fields))"
        case .batchWrite(let items): "batch write, \(items.map(\.cell))"
        case .list(let list): "list \(list.form)"
        case .erase(let record, let compartments):
            "erase \(record.name), \(compartments.map { "\($0)" } ?? "whole")"
        case .certificates(let record): "certificates of \(record.name)"
        case .history(let record): "history of \(record.name)"
        case .recordConsent(let record, let purpose, let state):
            "consent of \(record.name) to \(purpose) \(state)"
        case .consents(let record): "consents of \(record.name)"
        case .object(let record, let purpose): "objection of \(record.name) to \(purpose)"
        case .liftObjection(let record, let purpose):
            "no objection of \(record.name) to \(purpose)"
        case .objections(let record): "objections of \(record.name)"
        case .restrict(let record): "restrict \(record.name)"
        case .liftRestriction(let record): "lift the restriction of \(record.name)"
        case .restriction(let record): "restriction of \(record.name)"
        case .protect(let record): "protect \(record.name)"
        case .endProtection(let record): "end the protection of \(record.name)"
        case .protection(let record): "protection of \(record.name)"
        case .protections: "protections"
        case .hold(let record): "hold \(record.name)"
        case .endHold(let record): "end the hold of \(record.name)"
        case .holds(let record): "holds of \(record.name)"
        case .health: "health"
        case .administration(let name, _, _, _, _, _): name
        }
    }
}
