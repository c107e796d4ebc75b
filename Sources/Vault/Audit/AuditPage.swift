import Storage
public import StrictJSON

/// Entries of the audit log, in the order of their numbers.
public struct AuditPage: Sendable {
    let entries: [AuditEntry]

    /// How many there are.
    public var count: Int { entries.count }

    /// The number of the last one; `nil` when there is none.
    public var lastNumber: UInt64? { entries.last?.number }

    /// Writes each entry as a JSON object; one that can't be read as its number alone.
    public func write(to writer: inout JSONWriter) {
        for entry in entries {
            if let logged = LoggedEntry(entry.body) {
                logged.write(to: &writer, number: entry.number)
            } else {
                writer.beginObject()
                writer.member("number", entry.number)
                writer.member("outcome", "damaged")
                writer.endObject()
            }
        }
    }
}
