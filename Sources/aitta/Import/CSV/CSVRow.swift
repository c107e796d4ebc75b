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

    /// The bytes of a field.
    subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

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

extension CSVRow {
    /// Takes note of a fault; the first one stays.
    mutating func mark(_ fault: Fault) {
        if self.fault == nil { self.fault = fault }
    }

    /// Adds bytes to the field that is not ended yet, if there is room.
    mutating func append(_ run: ArraySlice<UInt8>, within limits: CSVLimits) {
        if hasRoom(for: run.count, within: limits) { bytes.append(contentsOf: run) }
    }

    /// Adds a byte to the field that is not ended yet, if there is room.
    mutating func append(_ byte: UInt8, within limits: CSVLimits) {
        if hasRoom(for: 1, within: limits) { bytes.append(byte) }
    }

    /// Ends a field, if the row may have one more.
    mutating func endField(within limits: CSVLimits) {
        if count < limits.columns {
            ends.append(bytes.count)
        } else {
            mark(.columns)
        }
    }

    private mutating func hasRoom(for count: Int, within limits: CSVLimits) -> Bool {
        if bytes.count - (ends.last ?? 0) + count > limits.fieldBytes {
            mark(.fieldSize)
            return false
        }
        if bytes.count + count > limits.rowBytes {
            mark(.rowSize)
            return false
        }
        return true
    }
}
