import StrictJSON
import VaultAPI

/// A JSON object in a request: members that the route knows, each of its type.
struct RequestObject {
    private let value: JSONValue
    private let pointer: String

    /// Reads an object. The names of members that the route does not know are not repeated in the
    /// error; the place of the object is.
    init(_ value: JSONValue, at pointer: String = "", allowing names: [String]) throws(Problem) {
        guard let members = value.members else {
            throw Self.invalid(pointer, rule: "object")
        }
        guard members.allSatisfy({ names.contains($0.name) }) else {
            throw Self.invalid(pointer, rule: "unknown-member")
        }
        self.value = value
        self.pointer = pointer
    }

    /// Whether there is a member.
    func has(_ name: String) -> Bool { value[name] != nil }

    /// A member of any type that must be there.
    func required(_ name: String) throws(Problem) -> JSONValue {
        guard let member = value[name] else { throw invalid(name, rule: "required") }
        return member
    }

    /// A text that must be there.
    func text(_ name: String) throws(Problem) -> String {
        guard let text = try required(name).text else { throw invalid(name, rule: "text") }
        return text
    }

    /// A text, if there is one.
    func optionalText(_ name: String) throws(Problem) -> String? {
        has(name) ? try text(name) : nil
    }

    /// `true` or `false`; `false` if there is neither.
    func flag(_ name: String) throws(Problem) -> Bool {
        guard let member = value[name] else { return false }
        guard let flag = member.flag else { throw invalid(name, rule: "boolean") }
        return flag
    }

    /// A whole number within a range, if there is one.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let member = value[name] else { return nil }
        guard let number = member.integer, range.contains(number) else {
            throw invalid(name, rule: "range-\(range.lowerBound)-\(range.upperBound)")
        }
        return number
    }

    /// An array with a number of items within a range, if there is one.
    func items(_ name: String, count: ClosedRange<Int>) throws(Problem) -> [JSONValue]? {
        guard let member = value[name] else { return nil }
        guard let items = member.items else { throw invalid(name, rule: "array") }
        guard count.contains(items.count) else {
            throw invalid(name, rule: "items-\(count.lowerBound)-\(count.upperBound)")
        }
        return items
    }

    /// An array of texts, if there is one.
    func texts(_ name: String, count: ClosedRange<Int>) throws(Problem) -> [String]? {
        guard let items = try items(name, count: count) else { return nil }
        let texts = items.compactMap(\.text)
        guard texts.count == items.count else { throw invalid(name, rule: "texts") }
        return texts
    }

    /// The error for a member that breaks a rule. `name` is one that the route knows.
    func invalid(_ name: String, rule: String) -> Problem {
        Self.invalid(pointer + "/" + name, rule: rule)
    }

    private static func invalid(_ pointer: String, rule: String) -> Problem {
        Problem(.malformedRequest, violations: [Violation(pointer: pointer, rule: rule)])
    }
}
