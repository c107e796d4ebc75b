import StrictJSON
import VaultClient

/// What an import has done so far.
struct ImportCounts: Sendable, Equatable {
    var rows = 0
    var created: [NewRecord.Kind: Int] = [:]
    var rejectedRows = 0
    /// How often each reason was given; a row may have several.
    var reasons: [String: Int] = [:]

    /// Records created, of all kinds.
    var records: Int { created.values.reduce(0, +) }

    mutating func add(_ outcome: BatchOutcome) {
        rows += outcome.rows
        created.merge(outcome.created, uniquingKeysWith: +)
        rejectedRows += outcome.rejected.count
        for reason in outcome.rejected.flatMap(\.reasons) { reasons[reason, default: 0] += 1 }
    }

    /// The reasons, the most frequent first.
    var sortedReasons: [(reason: String, count: Int)] {
        reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { ($0.key, $0.value) }
    }
}

extension ImportCounts {
    init?(_ json: JSONValue) {
        guard let rows = json["rows"]?.count, let created = json["created"]?.members,
            let rejected = json["rejected"], let rejectedRows = rejected["rows"]?.count,
            let reasons = rejected["reasons"]?.members
        else { return nil }
        self.rows = rows
        self.rejectedRows = rejectedRows
        for member in created {
            guard let kind = NewRecord.Kind(rawValue: member.name), let count = member.value.count
            else { return nil }
            self.created[kind] = count
        }
        for member in reasons {
            guard let count = member.value.count else { return nil }
            self.reasons[member.name] = count
        }
    }

    /// Writes the members that `init` reads.
    func write(to writer: inout JSONWriter) {
        writer.member("rows", rows)
        writer.name("created")
        writer.beginObject()
        for kind in NewRecord.Kind.allCases { writer.member(kind.rawValue, created[kind] ?? 0) }
        writer.endObject()
        writer.name("rejected")
        writer.beginObject()
        writer.member("rows", rejectedRows)
        writer.name("reasons")
        writer.beginObject()
        for (reason, count) in sortedReasons { writer.member(reason, count) }
        writer.endObject()
        writer.endObject()
    }
}

extension JSONValue {
    /// A number of things: an integer that is not negative.
    var count: Int? { integer.flatMap { $0 < 0 ? nil : Int(exactly: $0) } }
}
