import Hummingbird
import Storage
import VaultAPI

/// The query of a request: parameters that the route knows, each at most once.
struct QueryParameters {
    private var values: [(name: String, value: String)] = []

    /// Reads a query. The names of parameters that the route does not know are not repeated in the
    /// error; those that it knows are.
    init(_ request: Request, allowing names: [String]) throws(Problem) {
        guard let query = request.uri.query, !query.isEmpty else { return }
        for pair in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = names.first(where: { $0.utf8.elementsEqual(parts[0].utf8) }) else {
                throw Self.unknown(allowed: names)
            }
            guard parts.count == 2, let value = percentDecoded(parts[1]) else {
                throw Self.invalid(name, rule: "percent-encoding")
            }
            guard self[name] == nil else { throw Self.invalid(name, rule: "once") }
            values.append((name, value))
        }
    }

    /// The value of a parameter.
    subscript(_ name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    /// The value of a parameter that is a whole number in decimal digits.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = self[name] else { return nil }
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = Int(text), range.contains(number)
        else {
            throw Self.invalid(name, rule: "range-\(range.lowerBound)-\(range.upperBound)")
        }
        return number
    }

    /// The id that a page begins after: what was answered as `next`.
    func recordID(_ name: String) throws(Problem) -> RecordID? {
        guard let text = self[name] else { return nil }
        guard let id = RecordID(text) else { throw Self.invalid(name, rule: "cursor") }
        return id
    }

    /// The error for a parameter whose value breaks a rule.
    static func invalid(_ name: String, rule: String) -> Problem {
        Problem(.malformedRequest, violations: [Violation(.parameter(name), rule: rule)])
    }

    private static func unknown(allowed names: [String]) -> Problem {
        let detail =
            names.isEmpty
            ? "this route takes no query parameter"
            : "unknown query parameter; known are " + names.joined(separator: ", ")
        return Problem(.malformedRequest, detail: detail)
    }
}

/// Decodes %XX strictly; nil for a bad escape or what is not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexadecimalDigit),
            let low = rest.popFirst().flatMap(hexadecimalDigit)
        else { return nil }
        bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
