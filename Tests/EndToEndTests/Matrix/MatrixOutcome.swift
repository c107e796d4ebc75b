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

    /// The line of a list of ids.
    static func line(ofListed names: [String]) -> String {
        "200 items" + names.sorted().map { " " + $0 }.joined()
    }

    /// The line of a history of consents or objections.
    static func line(ofSaid statements: [MatrixRecord.Statement]) -> String {
        "200 items" + statements.map { " \($0.purpose):\($0.state)" }.joined()
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
            return status + " items" + listed(items) + said(items)
                + list(items.filter { $0["fields"]?.members != nil }, &shown)
        }
        for flag in ["restricted", "protected"] {
            if let isSet = json[flag]?.flag { return status + " \(flag) \(isSet)" }
        }
        return status + (json["fields"]?.members == nil ? "" : " " + view(json, &shown))
    }

    private func list(_ items: [JSONValue], _ shown: inout Set<String>) -> String {
        var lines: [String] = []
        for item in items { lines.append(" " + view(item, &shown)) }
        return lines.sorted().joined()
    }

    /// The records of a list of ids, of those that are asked about.
    private func listed(_ items: [JSONValue]) -> String {
        let names = items.compactMap { item -> String? in
            guard item["fields"] == nil, item["state"] != nil || item["until"] != nil,
                let id = item["id"]?.text, let record = records[id], !record.isChangeable
            else { return nil }
            return item["state"]?.text == "erased" ? record.name + ", gone" : record.name
        }
        return names.sorted().map { " " + $0 }.joined()
    }

    /// The entries of a history of consents or objections.
    private func said(_ items: [JSONValue]) -> String {
        items.compactMap { item in
            guard item["id"] == nil, let purpose = item["purpose"]?.text,
                let state = item["state"]?.text
            else { return nil }
            return " \(purpose):\(state)"
        }.joined()
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
        for member in json["withheld"]?.members ?? [] {
            views[member.name] = "withheld " + (member.value.text ?? "?")
        }
        return Self.line(record?.name ?? "foreign", views)
    }

    private func name(_ id: String) -> String { records[id]?.name ?? "foreign" }
}
