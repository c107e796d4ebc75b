import GRDB
import Storage

/// Drops the entries of one table of the audit log, and leaves their hashes. Runs inside a transaction.
struct AuditExpiry {
    private let rows, update: PreparedStatement

    init(_ database: Database, table: StaticString) throws {
        rows = try PreparedStatement(
            database, table,
            """
            SELECT first, count, entries FROM \(table)
            WHERE first >= (SELECT coalesce(max(first), 0) FROM \(table) WHERE first <= ?1)
                AND first <= ?2
            """)
        update = try PreparedStatement(
            database, table, "UPDATE \(table) SET entries = ?2 WHERE first = ?1")
    }

    /// Drops the entries of these numbers, as far as they are in this table.
    func run(_ range: ClosedRange<UInt64>) throws(StoreError) {
        for (first, row) in try changed(range) {
            try update.bind(1, first)
            try update.bind(2, row)
            try update.runOnOneRow()
        }
    }

    private func changed(
        _ range: ClosedRange<UInt64>
    ) throws(StoreError) -> [(first: UInt64, row: [UInt8])] {
        try rows.bind(1, range.lowerBound)
        try rows.bind(2, range.upperBound)
        defer { rows.reset() }
        var changed: [(first: UInt64, row: [UInt8])] = []
        while try rows.step() {
            let (first, row) = (try rows.count(0), try rows.bytes(2))
            let kept = AuditRow.expiring(
                range, in: row, count: Int(clamping: try rows.count(1)), from: first)
            if kept != row { changed.append((first, kept)) }
        }
        return changed
    }
}
