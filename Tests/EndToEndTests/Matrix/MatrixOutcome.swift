import Foundation
import StrictJSON

/// Reads an answer as the line that the oracle says it by; what it shows beyond shows in the line.
struct MatrixOutcome {
    /// The records that an answer may be about.
    private let records: [String: MatrixRecord]
    private let marks: [(name: String, mark: String, bytes: Data)]
    private var known: [Substring: String] = [:]

    init(_ records: [MatrixRecord]) {
        self.records = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        marks = records.flatMap { record in
            record.values.map { field, value in
                ("\(field) of \(record.name)", value.mark, Data(value.mark.utf8))
            }
        }
    }

    static func line(_ record: String, _ views: [String: String]) -> String {
        let fields = views.sorted { $0.key < $1.key }.map { "\($0):\($1)" }
        return record + "{" + fields.joined(separator: " ") + "}"
    }

    /// - Parameter answer: the status, a tab, the body.
    mutating func line(of answer: Substring) -> String {
        if let known = known[answer] { return known }
        let parts = answer.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        let body = Array((parts.count == 2 ? parts[1] : "").utf8)
        let json = (try? JSONParser.parse(body)) ?? .null
        var shown: Set<String> = []
        var line = self.line(status: String(parts[0]), json, &shown)
        let bytes = Data(body)
        for mark in marks where !shown.contains(mark.mark) && bytes.range(of: mark.bytes) != nil {
            line += " LEAKS " + mark.name
        }
        known[answer] = line
        return line
    }

    private func line(status: String, _ json: JSONValue, _ shown: inout Set<String>) -> String {
        if let code = json["code"]?.text {
            let existing = json["existing"]?.text.map { " existing " + name($0) } ?? ""
            return status + " " + code + existing
        }
        if let results = json["results"]?.items {
            return status + " results "
                + results.map {
                    self.line(
                        status: $0["status"]?.integer.map { "\($0)" } ?? "?", $0["body"] ?? .null,
                        &shown)
                }.joined(separator: "; ")
        }
        if let matches = json["matches"]?.items {
            return status + " matches" + list(matches, &shown)
        }
        if let isMatch = json["match"]?.flag { return status + " match \(isMatch)" }
        if let items = json["items"]?.items {
            return status + " items" + list(items.filter { $0["fields"]?.members != nil }, &shown)
        }
        return status + (json["fields"]?.members == nil ? "" : " " + view(json, &shown))
    }

    private func list(_ items: [JSONValue], _ shown: inout Set<String>) -> String {
        var lines: [String] = []
        for item in items { lines.append(" " + view(item, &shown)) }
        return lines.sorted().joined()
    }

    /// How an answer shows a record: each field plain, masked, both alike, or neither.
    private func view(_ json: JSONValue, _ shown: inout Set<String>) -> String {
        let record = json["id"]?.text.flatMap { records[$0] }
        var views: [String: String] = [:]
        for member in json["fields"]?.members ?? [] {
            let text = String(decoding: member.value.encoded(), as: UTF8.self)
            guard let value = record?.values[member.name] else {
                views[member.name] = "foreign"
                continue
            }
            switch (text == value.plain, text == value.masked) {
            case (true, let isMasked):
                views[member.name] = isMasked ? "same" : "plain"
                shown.insert(value.mark)
            case (false, true): views[member.name] = "masked"
            case (false, false): views[member.name] = "altered"
            }
        }
        for member in json["withheld"]?.members ?? [] { views[member.name] = "withheld" }
        return Self.line(record?.name ?? "foreign", views)
    }

    private func name(_ id: String) -> String { records[id]?.name ?? "foreign" }
}
