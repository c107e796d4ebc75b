/// Writes rows of CSV (RFC 4180); a field is quoted where it must be.
enum CSVWriter {
    static func append(
        _ fields: some Sequence<ArraySlice<UInt8>>, separator: UInt8, to bytes: inout [UInt8]
    ) {
        var isFirst = true
        for field in fields {
            if !isFirst { bytes.append(separator) }
            isFirst = false
            append(field, separator: separator, to: &bytes)
        }
        bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }

    private static func append(
        _ field: ArraySlice<UInt8>, separator: UInt8, to bytes: inout [UInt8]
    ) {
        let mark = UInt8(ascii: "\"")
        let needsQuotes = field.contains {
            $0 == mark || $0 == separator || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
        }
        guard needsQuotes else {
            bytes += field
            return
        }
        bytes.append(mark)
        for byte in field {
            if byte == mark { bytes.append(mark) }
            bytes.append(byte)
        }
        bytes.append(mark)
    }
}
