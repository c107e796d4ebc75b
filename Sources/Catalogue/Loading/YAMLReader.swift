import StrictJSON
import Yams

/// One node of a YAML file, read strictly: only the keys that are asked for, lists of limited
/// length, scalars as they are written. It can't descend deeper than the code that reads it.
struct YAMLReader {
    let node: Node
    let path: String

    /// Reads a file of one document.
    static func document(_ yaml: String) throws(CatalogueError) -> YAMLReader {
        guard yaml.utf8.count <= 1 << 18 else {
            throw CatalogueError(
                rule: "size", path: "", line: nil, hint: "the file may have at most 256 KiB")
        }
        do {
            if let node = try Yams.compose(yaml: yaml) { return YAMLReader(node: node, path: "") }
        } catch let error as YamlError {
            throw CatalogueError(yaml: error)
        } catch {
            throw CatalogueError(rule: "yaml", path: "", line: nil, hint: "the file is no YAML")
        }
        throw CatalogueError(rule: "empty", path: "", line: nil, hint: "the file says nothing")
    }

    func fail(_ rule: String, _ hint: String) -> CatalogueError {
        CatalogueError(rule: rule, path: path, line: node.mark?.line, hint: hint)
    }

    /// Checks that this is a mapping with no other keys than `keys`.
    func requireKeys(_ keys: [String]) throws(CatalogueError) {
        guard let mapping = node.mapping else { throw fail("type", "a mapping belongs here") }
        for (key, _) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let name = key.scalar?.string ?? ""
                throw YAMLReader(node: key, path: path + JSONPointer.to(name))
                    .fail("unknown-key", "known here: " + keys.joined(separator: ", "))
            }
        }
    }

    func hasOnlyKeys(_ keys: [String]) -> Bool {
        node.mapping?.keys.allSatisfy { keys.contains($0.scalar?.string ?? "") } ?? false
    }

    var isList: Bool { node.sequence != nil }

    /// The value of `key`, where there is one.
    subscript(_ key: String) -> YAMLReader? {
        guard let value = node.mapping?.first(where: { $0.key.scalar?.string == key })?.value else {
            return nil
        }
        return YAMLReader(node: value, path: path + JSONPointer.to(key))
    }

    func require(_ key: String) throws(CatalogueError) -> YAMLReader {
        guard let value = self[key] else { throw fail("required", "`\(key)` is missing") }
        return value
    }

    func items(atMost limit: Int) throws(CatalogueError) -> [YAMLReader] {
        guard let sequence = node.sequence else { throw fail("type", "a list belongs here") }
        guard sequence.count <= limit else { throw fail("too-many", "at most \(limit) fit here") }
        return sequence.enumerated().map { YAMLReader(node: $1, path: "\(path)/\($0)") }
    }
}
