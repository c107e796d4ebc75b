/// Reads a CSV file (RFC 4180) row by row, in constant memory. Lines may end in CRLF or LF; blank
/// lines are passed over. A faulty row does not end the reading: it is returned with its fault.
struct CSVReader {
    private enum Place {
        case fieldStart
        case plain
        case quoted
        /// After a quotation mark in a quoted field: its end, or the first half of an escape.
        case mark
        /// After a quoted field's end.
        case closed
        /// After a carriage return that may be the first half of a line ending.
        case carriageReturn
        /// The same, after a quoted field's end.
        case closedReturn
    }

    private var input: ByteReader
    private let separator: UInt8
    private let limits: CSVLimits

    /// - Parameters:
    ///   - input: where to read, from the start of a row.
    ///   - line: the number of that row's first line.
    init(_ input: ByteReader, separator: UInt8, line: Int = 1, limits: CSVLimits = CSVLimits()) {
        self.input = input
        self.separator = separator
        self.line = line
        self.limits = limits
    }

    /// The line on which the next row begins.
    private(set) var line: Int

    /// The offset in the file at which the next row begins.
    var offset: Int { input.offset }

    /// Passes over a byte order mark; for the start of a file.
    mutating func skipByteOrderMark() throws {
        try input.skipByteOrderMark()
    }

    /// Reads the next row; nil at the end of the file.
    mutating func next() throws -> CSVRow? {
        var row = CSVRow(line: line)
        var place = Place.fieldStart
        var isBlank = true
        while let byte = try input.peek() {
            switch place {
            case .fieldStart where byte == UInt8(ascii: "\""):
                input.advance()
                place = .quoted
                isBlank = false
            case .fieldStart:
                place = .plain
            case .plain:
                try readPlain(into: &row)
                guard let stop = try input.peek() else { continue }
                input.advance()
                switch stop {
                case separator:
                    row.endField(within: limits)
                    place = .fieldStart
                    isBlank = false
                case UInt8(ascii: "\n"):
                    line += 1
                    if isBlank && row.size == 0 {
                        row.line = line
                        place = .fieldStart
                    } else {
                        return ended(row)
                    }
                case UInt8(ascii: "\r"): place = .carriageReturn
                default:
                    row.mark(.quote)
                    row.append(stop, within: limits)
                }
            case .quoted:
                try readQuoted(into: &row)
                guard try input.peek() != nil else { continue }
                input.advance()
                place = .mark
            case .mark where byte == UInt8(ascii: "\""):
                input.advance()
                row.append(byte, within: limits)
                place = .quoted
            case .mark: place = .closed
            case .closed where byte == separator || byte == UInt8(ascii: "\n"):
                place = .plain
            case .closed where byte == UInt8(ascii: "\r"):
                input.advance()
                place = .closedReturn
            case .closed:
                row.mark(.quote)
                place = .plain
            case .carriageReturn where byte == UInt8(ascii: "\n"),
                .closedReturn where byte == UInt8(ascii: "\n"):
                place = .plain
            case .closedReturn:
                row.mark(.quote)
                place = .carriageReturn
            case .carriageReturn:
                row.append(UInt8(ascii: "\r"), within: limits)
                place = .plain
            }
        }
        if place == .quoted { row.mark(.quote) }
        return isBlank && row.size == 0 ? nil : ended(row)
    }

    private mutating func readPlain(into row: inout CSVRow) throws {
        let separator = separator
        let limits = limits
        try input.read(while: { byte in
            byte != separator && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r")
                && byte != UInt8(ascii: "\"")
        }) { run in
            row.append(run, within: limits)
        }
    }

    private mutating func readQuoted(into row: inout CSVRow) throws {
        let limits = limits
        var lines = 0
        try input.read(while: { $0 != UInt8(ascii: "\"") }) { run in
            lines += run.count { $0 == UInt8(ascii: "\n") }
            row.append(run, within: limits)
        }
        line += lines
    }

    private func ended(_ row: CSVRow) -> CSVRow {
        var row = row
        row.endField(within: limits)
        return row
    }
}
