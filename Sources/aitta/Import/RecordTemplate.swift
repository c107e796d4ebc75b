import StrictJSON
import VaultClient

/// A template of a map whose columns were found: makes a record of a row's texts.
struct RecordTemplate: Sendable {
    private enum Origin: Sendable {
        case column(Int, values: [String: String])
        case constant(String)

        func value(_ texts: [String]) -> String? {
            switch self {
            case .constant(let text): return text
            case .column(let index, let values):
                let text = texts[index]
                let value = values.isEmpty ? text : values[text] ?? text
                return value.isEmpty ? nil : value
            }
        }
    }

    private indirect enum Node: Sendable {
        case leaf(Origin)
        case object([(name: String, node: Node)])

        func value(_ texts: [String]) -> JSONValue? {
            switch self {
            case .leaf(let origin): return origin.value(texts).map { .string($0) }
            case .object(let children):
                var members: [JSONMember] = []
                members.reserveCapacity(children.count)
                for (name, node) in children {
                    if let value = node.value(texts) { members.append(JSONMember(name, value)) }
                }
                return members.isEmpty ? nil : .object(members)
            }
        }
    }

    /// The columns that it reads.
    let columns: Set<Int>
    private let kind: NewRecord.Kind
    private let source: String?
    private let reference: Origin?
    private let fields: Node

    init(
        _ template: ImportMap.Template, _ kind: NewRecord.Kind, _ columns: [String: Int]
    ) throws {
        self.columns = Set(template.columns.compactMap { columns[$0] })
        self.kind = kind
        source = template.source
        reference = template.reference.flatMap { Self.origin($0, columns) }
        fields = Self.object(
            template.entries.compactMap { entry in
                Self.origin(entry.origin, columns).map { (entry.path[...], $0) }
            })
    }

    /// The record as JSON.
    func encoded(_ texts: [String]) -> [UInt8] {
        encoded(texts, fields: fields.value(texts) ?? .object([]))
    }

    /// The record as JSON, or nil if the row has no value for any of its fields.
    func encodedIfAny(_ texts: [String]) -> [UInt8]? {
        fields.value(texts).map { encoded(texts, fields: $0) }
    }

    private func encoded(_ texts: [String], fields: JSONValue) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("kind", kind.rawValue)
        writer.member("reference", ifPresent: reference?.value(texts))
        writer.member("source", ifPresent: source)
        writer.member("fields", fields)
        writer.endObject()
        return writer.bytes
    }

    private static func origin(_ origin: ImportMap.Origin, _ columns: [String: Int]) -> Origin? {
        switch origin {
        case .constant(let text): .constant(text)
        case .column(let name, let values): columns[name].map { .column($0, values: values) }
        }
    }

    /// Gathers paths that begin alike into one object, in the order of their first appearance.
    private static func object(_ entries: [(path: ArraySlice<String>, origin: Origin)]) -> Node {
        var names: [String] = []
        for entry in entries where !names.contains(entry.path.first!) {
            names.append(entry.path.first!)
        }
        return .object(
            names.map { name in
                let inside = entries.filter { $0.path.first == name }
                if inside.count == 1 && inside[0].path.count == 1 {
                    return (name, .leaf(inside[0].origin))
                }
                return (name, object(inside.map { ($0.path.dropFirst(), $0.origin) }))
            })
    }
}
