import Yams

extension MapReader {
    /// The members of a mapping, all of whose names must be allowed.
    func members(of node: Node, allowed: [String]) throws -> [String: Node] {
        guard let mapping = node.mapping else { throw failure(node, "names are expected") }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            let name = try text(key)
            guard allowed.contains(name) else {
                throw failure(
                    key, "\(name) is not known here; known are \(allowed.joined(separator: ", "))")
            }
            members[name] = value
        }
        return members
    }

    func pairs(_ mapping: Node.Mapping) throws -> [(String, Node)] {
        try mapping.map { (try text($0.key, allowsEmpty: true), $0.value) }
    }

    /// A scalar as it is written, whatever type YAML would give it: `no` and `FI` alike are text.
    func text(_ node: Node) throws -> String {
        try text(node, allowsEmpty: false)
    }

    func text(_ node: Node, allowsEmpty: Bool) throws -> String {
        guard let scalar = node.scalar else { throw failure(node, "a text is expected") }
        guard allowsEmpty || !scalar.string.isEmpty else {
            throw failure(node, "a text is missing")
        }
        return scalar.string
    }

    func texts(_ node: Node) throws -> [String] {
        guard let sequence = node.sequence else { throw failure(node, "a list is expected") }
        return try sequence.map(text)
    }

    func separator(_ node: Node) throws -> UInt8 {
        let text = try text(node)
        switch text {
        case ",", ";", "|": return text.utf8.first!
        case "tab": return UInt8(ascii: "\t")
        default: throw failure(node, "the separator is one of “,”, “;”, “|” and “tab”")
        }
    }

    func failure(_ node: Node, _ message: String) -> Failure {
        let line = node.mark.map { " line \($0.line):" } ?? ""
        return Failure("\(name):\(line) \(message)")
    }

    /// What the YAML parser found wrong, on one line.
    static func line(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): \(duplicates.map(\.description).joined(separator: ", ")) is given twice"
        default: "it is not valid YAML"
        }
    }
}
