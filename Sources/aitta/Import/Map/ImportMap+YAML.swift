import Yams

extension ImportMap {
    /// Reads a map. Unknown names, names given twice and wrong types are errors with their line.
    init(yaml: [UInt8], name: String) throws {
        let reader = MapReader(name: name)
        let root = try reader.root(yaml)
        let members = try reader.members(
            of: root, allowed: ["separator", "person", "company", "ignore"])
        if let node = members["separator"] { separator = try reader.separator(node) }
        if let node = members["person"] {
            let parts = try reader.members(of: node, allowed: MapReader.templateMembers)
            person = try reader.template(parts, of: node)
        }
        if let node = members["company"] { company = try reader.company(node) }
        if let node = members["ignore"] { ignored = try reader.texts(node) }
        guard person != nil || company != nil else {
            throw reader.failure(root, "it says neither how a person nor how a company is made")
        }
        if person != nil, let company, company.when == nil, let node = members["company"] {
            throw reader.failure(node, "with a person beside it, the company needs “when: COLUMN”")
        }
        for (index, column) in ignored.enumerated()
        where columns.contains(column) || ignored[..<index].contains(column) {
            throw reader.failure(
                members["ignore"] ?? root, "the column \(column) is ignored and used, or twice")
        }
    }
}

/// Reads the parts of a map from YAML, strictly.
struct MapReader {
    static let templateMembers = ["source", "reference", "fields"]
    static let depth = 16

    let name: String

    func root(_ yaml: [UInt8]) throws -> Node {
        guard let text = String(validating: yaml, as: UTF8.self) else {
            throw Failure("\(name): not UTF-8")
        }
        do {
            guard let root = try Yams.compose(yaml: text) else {
                throw Failure("\(name): the file is empty")
            }
            return root
        } catch let error as YamlError {
            throw Failure("\(name): \(MapReader.line(of: error))")
        }
    }

    func company(_ node: Node) throws -> ImportMap.Company {
        let parts = try members(
            of: node, allowed: Self.templateMembers + ["when", "contact"])
        let contact = try parts["contact"].map { node in
            try template(members(of: node, allowed: Self.templateMembers), of: node)
        }
        return ImportMap.Company(
            when: try parts["when"].map(text), template: try template(parts, of: node),
            contact: contact)
    }

    func template(_ parts: [String: Node], of node: Node) throws -> ImportMap.Template {
        guard let fields = parts["fields"] else { throw failure(node, "“fields” is missing") }
        guard let mapping = fields.mapping else { throw failure(fields, "names are expected") }
        let entries = try pairs(mapping).map { key, value in
            let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard path.allSatisfy({ !$0.isEmpty }), path.count <= Self.depth else {
                throw failure(value, "\(key) is no field")
            }
            return ImportMap.Entry(path: path, origin: try origin(value))
        }
        for (index, entry) in entries.enumerated() {
            for other in entries[..<index] where Self.overlap(entry.path, other.path) {
                throw failure(fields, "\(entry.path.joined(separator: ".")) is given twice")
            }
        }
        return ImportMap.Template(
            source: try parts["source"].map(text),
            reference: try parts["reference"].map(origin), entries: entries)
    }

    /// `COLUMN`, `{column: COLUMN, values: {FROM: TO}}` or `{constant: TEXT}`.
    private func origin(_ node: Node) throws -> ImportMap.Origin {
        if node.scalar != nil { return .column(try text(node), values: [:]) }
        let parts = try members(of: node, allowed: ["column", "values", "constant"])
        switch (parts["column"], parts["values"], parts["constant"]) {
        case (let column?, let values, nil):
            let table = try values.map { node in
                guard let mapping = node.mapping else { throw failure(node, "a table is expected") }
                return Dictionary(
                    try pairs(mapping).map { ($0, try text($1, allowsEmpty: true)) }
                ) { first, _ in first }
            }
            return .column(try text(column), values: table ?? [:])
        case (nil, nil, let constant?): return .constant(try text(constant))
        default: throw failure(node, "either “column” (with “values”) or “constant” is expected")
        }
    }

    /// Whether one path leads to, or through, the end of the other.
    private static func overlap(_ one: [String], _ other: [String]) -> Bool {
        zip(one, other).allSatisfy(==)
    }
}
