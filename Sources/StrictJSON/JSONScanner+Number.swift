extension JSONScanner {
    /// No number that means anything here is longer, and some readers take quadratic time.
    static let maximumNumberBytes = 64

    /// RFC 8259 section 6: `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?`.
    mutating func number() throws(JSONError) -> String {
        let start = offset
        _ = skip(UInt8(ascii: "-"))
        // Where not even a digit stands, no number was begun.
        guard let first = digit() else {
            throw JSONError(offset == start ? .syntax : .number, offset: start)
        }
        if first == UInt8(ascii: "0") {
            offset += 1
        } else {
            skipDigits()
        }
        if skip(UInt8(ascii: ".")) {
            guard digit() != nil else { throw JSONError(.number, offset: start) }
            skipDigits()
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            guard digit() != nil else { throw JSONError(.number, offset: start) }
            skipDigits()
        }
        guard digit() == nil, offset - start <= Self.maximumNumberBytes else {
            throw JSONError(.number, offset: start)
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func digit() -> UInt8? {
        guard offset < bytes.count, 0x30...0x39 ~= bytes[offset] else { return nil }
        return bytes[offset]
    }

    private mutating func skipDigits() {
        while digit() != nil { offset += 1 }
    }
}
