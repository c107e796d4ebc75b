import StrictJSON
import VaultClient

/// What an import did, for people or as JSON.
struct ImportSummary {
    var counts: ImportCounts
    /// Rows that earlier runs of the same import had done.
    var rowsBefore: Int
    var elapsed: Duration
    var isDryRun: Bool
    var rejectedPath: String

    func print(asJSON: Bool) {
        Swift.print(asJSON ? String(decoding: json, as: UTF8.self) : table)
    }

    private var rowsPerSecond: Int {
        ProgressBar.rate(counts.rows - rowsBefore, elapsed)
    }

    /// The summary in lines.
    var table: String {
        var rows = [["rows read", String(counts.rows)]]
        rows.append([isDryRun ? "records that would be created" : "records created"])
        rows[1].append(String(counts.records))
        let names: [(NewRecord.Kind, String)] = [
            (.person, "persons"), (.company, "companies"), (.contact, "contacts"),
        ]
        for (kind, name) in names { rows.append(["  " + name, String(counts.created[kind] ?? 0)]) }
        rows.append(["rows rejected", String(counts.rejectedRows)])
        for (reason, count) in counts.sortedReasons {
            rows.append(["  " + reason, String(count)])
        }
        rows.append(["rows per second", String(rowsPerSecond)])
        var text = Output.aligned(rows)
        if counts.rejectedRows > 0 { text += "\nrejected rows are in \(rejectedPath)" }
        if isDryRun {
            text += "\nnothing was written; duplicates within the file show only when it is"
        }
        return text
    }

    private var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("dryRun", isDryRun)
        counts.write(to: &writer)
        writer.member("durationMilliseconds", Int(elapsed / .milliseconds(1)))
        writer.member("rowsPerSecond", rowsPerSecond)
        if counts.rejectedRows > 0 { writer.member("rejectedFile", rejectedPath) }
        writer.endObject()
        return writer.bytes
    }
}
