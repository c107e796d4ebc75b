extension JSONScanner {
    /// Reads a string, the opening quote under the cursor.
    mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                let text = try decode(bytes[start..<offset], at: start)
                offset += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0x00..<0x20: throw JSONError(.controlCharacter, offset: offset)
            default: offset += 1
            }
        }
        throw JSONError(.syntax, offset: offset)
    }

    /// Goes on where the first backslash was met, copying.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                let text = try decode(unescaped, at: start)
                offset += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case 0x00..<0x20: throw JSONError(.controlCharacter, offset: offset)
            default:
                unescaped.append(byte)
                offset += 1
            }
        }
        throw JSONError(.syntax, offset: offset)
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
        let start = offset
        guard offset + 1 < bytes.count else { throw JSONError(.syntax, offset: start) }
        let letter = bytes[offset + 1]
        offset += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(letter)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar(from: start)
            guard scalar != "\0" else { throw JSONError(.nul, offset: start) }
            unescaped.append(contentsOf: UTF8.encode(scalar)!)
        default: throw JSONError(.syntax, offset: start)
        }
    }

    private mutating func escapedScalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw JSONError(.surrogate, offset: start)
        }
        let second = try hexadecimal(from: start)
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw JSONError(.surrogate, offset: start) }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt16 {
        guard offset + 4 <= bytes.count else { throw JSONError(.syntax, offset: start) }
        var unit: UInt16 = 0
        for byte in bytes[offset..<offset + 4] {
            let nibble: UInt8
            switch byte {
            case 0x30...0x39: nibble = byte - 0x30
            case 0x41...0x46: nibble = byte - 0x41 + 10
            case 0x61...0x66: nibble = byte - 0x61 + 10
            default: throw JSONError(.syntax, offset: start)
            }
            unit = unit << 4 | UInt16(nibble)
        }
        offset += 4
        return unit
    }

    private func decode(
        _ utf8: some Sequence<UInt8>, at start: Int
    ) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw JSONError(.utf8, offset: start)
        }
        return text
    }
}
