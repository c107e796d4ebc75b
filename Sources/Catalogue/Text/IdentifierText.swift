/// The plain form of identifiers as people type and paste them.
enum IdentifierText {
    /// Trimmed, upper case, all kinds of hyphens, dashes and spaces as the ASCII ones; then nothing
    /// but printable ASCII may be left.
    ///
    /// - Throws: `empty`, `too-long` or `format`.
    static func bytes(_ text: String, maximumBytes: Int = 64) throws(ValidationFailure) -> [UInt8] {
        guard text.utf8.count <= maximumBytes * 4 else { throw ValidationFailure(.tooLong) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in UnicodeText.trim(text).unicodeScalars {
            guard let byte = ascii(scalar) else { throw ValidationFailure(.format) }
            bytes.append(byte)
        }
        guard !bytes.isEmpty else { throw ValidationFailure(.empty) }
        guard bytes.count <= maximumBytes else { throw ValidationFailure(.tooLong) }
        return bytes
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0x61...0x7A: return UInt8(scalar.value) - 0x20
        case 0x20...0x7E: return UInt8(scalar.value)
        // Hyphens and dashes, minus, and the small and full-width hyphen-minus.
        case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D: return UInt8(ascii: "-")
        case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return UInt8(ascii: " ")
        default: return nil
        }
    }
}

extension UInt8 {
    var isDigit: Bool { 0x30...0x39 ~= self }
    var isUpperCaseLetter: Bool { 0x41...0x5A ~= self }
    /// The value of an ASCII digit.
    var digit: Int { Int(self) - 0x30 }
}

extension Sequence<UInt8> {
    /// The number that ASCII digits write, of at most 18 digits.
    var decimal: Int { reduce(0) { $0 * 10 + $1.digit } }
}
