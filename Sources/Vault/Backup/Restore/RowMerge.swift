import KeyManagement
import Storage

/// A row of a records part, brought into the layout of the record's key box, which may be newer.
///
/// Compartments are told by the ids of their DEKs. One that the row lacks leaves an empty place of version
/// 0, so that its fields are withheld as `stale`; one whose key is destroyed is left behind. `@rights`
/// comes from the keys part.
struct RowMerge {
    let fields: [UInt8]
    /// Whether a compartment is of another version than the box says.
    let isStale: Bool

    init(of record: borrowing OpenRecord, rights: [UInt8]) {
        var fields: [UInt8] = [RecordRow.format, UInt8(clamping: record.box.labels.count)]
        var isStale = false
        for label in record.box.labels {
            if label.name == RightsField.label, !rights.isEmpty {
                fields += rights
                continue
            }
            let found = record.row?.compartments.first { $0.dekID == label.dekID }
            if let found {
                fields += found.bytes(from: record.stored.fields)
            } else {
                fields.append(littleEndian: UInt32(0))
                fields.append(littleEndian: label.dekID)
                fields.append(0)
            }
            if found?.version != label.version { isStale = true }
        }
        self.fields = fields
        self.isStale = isStale
    }
}
