/// A row of a CSV file: its fields, without their quotes, in one piece of memory.
struct CSVRow: Sendable, Equatable {
    /// What a row can have wrong, before it is known what its fields mean.
    enum Fault: String, Sendable {
        /// A quotation mark where none may stand, or one that is never closed (RFC 4180, 2.5–2.7).
        case quote
        /// A field longer than the limit.
        case fieldSize = "field-size"
        /// A row longer than the limit.
        case rowSize = "row-size"
        /// Another number of fields than the first row has (RFC 4180, 2.4).
        case columns
        /// Bytes that are not UTF-8 (RFC 3629).
        case utf8 = "utf-8"
    }

    /// The line on which the row begins, from 1; fields may hold line endings.
    var line: Int
    /// The first fault met; the fields are then what could be made of the row.
    var fault: Fault?
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(line: Int) {
        self.line = line
    }

    /// The number of fields.
    var count: Int { ends.count }

    /// The bytes of all fields together.
    var size: Int { bytes.count }

    /// The bytes of the field that is not ended yet.
    var openFieldSize: Int { bytes.count - (ends.last ?? 0) }

    /// The bytes of a field.
    subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    mutating func append(_ run: ArraySlice<UInt8>) { bytes.append(contentsOf: run) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func endField() { ends.append(bytes.count) }

    /// The fields as text; nil if one is not UTF-8.
    func texts() -> [String]? {
        var texts: [String] = []
        texts.reserveCapacity(count)
        for index in 0..<count {
            guard let text = String(validating: self[index], as: UTF8.self) else { return nil }
            texts.append(text)
        }
        return texts
    }
}
