/// Base64 of RFC 4648, section 4, for public values: keys, signatures and
/// entries of the log.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// For each byte what it stands for; 0 for one that no text has, so that the text differs from
    /// what its bytes encode to.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// The padded text of bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = 0
            for offset in 0..<3 {
                word = word << 8 | (offset < group.count ? Int(group[start + offset]) : 0)
            }
            for digit in 0..<4 {
                text.append(
                    digit <= group.count
                        ? alphabet[word >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a padded text; `nil` for anything but the one canonical form.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        for start in stride(from: 0, to: digits.count, by: 4) {
            var word = 0
            for digit in digits[start..<(start + 4)] {
                word = word << 6 | Int(values[Int(digit)])
            }
            bytes.append(UInt8(word >> 16 & 255))
            bytes.append(UInt8(word >> 8 & 255))
            bytes.append(UInt8(word & 255))
        }
        if digits.last == UInt8(ascii: "=") { bytes.removeLast() }
        if digits.count > 1, digits[digits.count - 2] == UInt8(ascii: "=") { bytes.removeLast() }
        return encode(bytes) == text ? bytes : nil
    }
}
