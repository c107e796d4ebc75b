import Yams

extension YAMLReader {
    /// A text as it is written; nothing is taken for a number or a flag.
    func text(maximumCharacters: Int = 200) throws(CatalogueError) -> String {
        guard let scalar = node.scalar else { throw fail("type", "a text belongs here") }
        do throws(ValidationFailure) {
            return try ShortText(scalar.string, maximumCharacters: maximumCharacters).text
        } catch {
            throw fail(error.rule, "one line of 1 to \(maximumCharacters) characters belongs here")
        }
    }

    func integer(_ range: ClosedRange<Int>) throws(CatalogueError) -> Int {
        guard let text = node.scalar?.string, text.utf8.allSatisfy(\.isDigit),
            let number = Int(text), range.contains(number)
        else {
            throw fail(
                "type", "a number from \(range.lowerBound) to \(range.upperBound) belongs here")
        }
        return number
    }

    /// `true` or `false` and none of YAML's other spellings.
    func flag() throws(CatalogueError) -> Bool {
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default: throw fail("type", "`true` or `false` belongs here")
        }
    }

    /// One of the words of `Value`.
    func word<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type
    ) throws(CatalogueError) -> Value {
        guard let text = node.scalar?.string, let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw fail("unknown-word", "known here: \(words)")
        }
        return value
    }
}

extension CatalogueError {
    init(yaml error: YamlError) {
        let (line, hint): (Int?, String) =
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (mark.line, problem)
            case .reader(let problem, _, _, _): (nil, problem)
            case .duplicatedKeysInMapping(_, let context):
                (context.mark.line, "a key stands here twice")
            default: (nil, "the file is no YAML")
            }
        self.init(rule: "yaml", path: "", line: line, hint: hint)
    }
}
