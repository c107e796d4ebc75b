import Storage
public import StrictJSON
import Verification

/// Whom a record's history is for.
public enum HistoryView: String, Sendable {
    /// Who oversees the vault: who did what, when, for which purpose, refusals included.
    case full
    /// The person whom the record is about (GDPR 15(1); CJEU C-579/21): when, for which purpose, what
    /// was done and with which fields. Nobody who did it is named: the purpose tells the kind of
    /// recipient. What was refused is left out, since nothing was consulted.
    case subject

    /// Whether an entry about the record is part of the history.
    fileprivate func shows(_ entry: LoggedEntry) -> Bool {
        guard let operation = OperationKind(rawValue: entry.operation) else { return self == .full }
        switch self {
        // Each page of a history leaves an entry; were those shown, paging would never end.
        case .full: return operation != .readAudit
        case .subject: return operation.concernsPersonalData && entry.outcome == "ok"
        }
    }
}

/// What the audit log says about one record: a page, in the order of the entries' numbers.
public struct RecordHistory: Sendable {
    let view: HistoryView
    let limit: Int
    let record: RecordID
    private(set) var entries: [(number: UInt64, entry: LoggedEntry?)] = []

    init(of record: RecordID, view: HistoryView, limit: Int) {
        self.record = record
        self.view = view
        self.limit = limit
    }

    /// How many entries there are.
    public var count: Int { entries.count }

    /// The number after which the next page begins; `nil` when there is none.
    public var next: UInt64? { entries.count == limit ? entries.last?.number : nil }

    /// Writes each entry as a JSON object. One that names the record and is not what its hash says is
    /// shown to overseers as damaged, and to nobody else.
    public func write(to writer: inout JSONWriter) {
        for (number, entry) in entries {
            writer.beginObject()
            if view == .full { writer.member("number", number) }
            if let entry {
                entry.writeHistory(view, to: &writer)
            } else {
                writer.member("outcome", "damaged")
            }
            writer.endObject()
        }
    }
}

extension RecordHistory: LogVisitor {
    mutating func visit(_ entry: AuditEntry) -> Bool {
        guard let logged = LoggedEntry(entry.leaf.entry), logged.record == record,
            view.shows(logged)
        else { return true }
        if entry.leaf.isWhole {
            entries.append((entry.number, logged))
        } else if view == .full {
            entries.append((entry.number, nil))
        }
        return entries.count < limit
    }
}

extension LoggedEntry {
    fileprivate func writeHistory(_ view: HistoryView, to writer: inout JSONWriter) {
        writer.member("t", Timestamp.text(milliseconds: milliseconds))
        if view == .full {
            writer.member("uid", uid)
            writer.member("user", ifPresent: user)
        }
        writer.member("purpose", ifPresent: purpose)
        writer.member("op", operation)
        writer.member("fields", .array(fields.map(JSONValue.string)))
        if view == .full {
            writer.member("outcome", outcome)
            writer.member("reason", ifPresent: reason)
        }
    }
}
