import Foundation

/// A line of a transcript's output, with placeholders.
struct TranscriptPattern {
    private static let placeholders = [
        "id": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "number": "[0-9]+", "time": "[0-9-]{10}T[0-9:.]+Z", "text": ".*",
    ]

    private let expression: NSRegularExpression
    private var captures: [String] = []

    init(_ line: String) throws {
        let finder = try NSRegularExpression(pattern: #"\[(id|number|time|text)(?::([A-Z_]+))?\]"#)
        let source = line as NSString
        var pattern = "^"
        var end = 0
        for match in finder.matches(in: line, range: NSRange(location: 0, length: source.length)) {
            let before = NSRange(location: end, length: match.range.location - end)
            pattern += NSRegularExpression.escapedPattern(for: source.substring(with: before))
            let kind = source.substring(with: match.range(at: 1))
            pattern += "(" + (Self.placeholders[kind] ?? "") + ")"
            let capture = match.range(at: 2)
            captures.append(capture.location == NSNotFound ? "" : source.substring(with: capture))
            end = match.range.location + match.range.length
        }
        pattern += NSRegularExpression.escapedPattern(for: source.substring(from: end)) + "$"
        expression = try NSRegularExpression(pattern: pattern)
    }

    /// What was captured, by name; nil if the line does not match.
    func match(_ line: String) -> [String: String]? {
        let source = line as NSString
        let range = NSRange(location: 0, length: source.length)
        guard let match = expression.firstMatch(in: line, range: range) else { return nil }
        var found: [String: String] = [:]
        for (index, name) in captures.enumerated() where !name.isEmpty {
            found[name] = source.substring(with: match.range(at: index + 1))
        }
        return found
    }
}
