/// A Finnish business identity code: seven digits, a hyphen, a check digit (Business Information
/// Act 244/2001).
///
/// The VAT number made of it (`FI` and eight digits) is accepted, and missing or misplaced hyphens;
/// the six-digit form of codes given out long ago is not: write it with its leading zero.
public struct Ytunnus: Sendable, Equatable {
    /// The code, `1234567-8`.
    public let text: String

    /// Reads a code.
    ///
    /// - Throws: `ValidationFailure` with rule `format` or `check-digits`.
    public init(_ text: String) throws(ValidationFailure) {
        var digits = try IdentifierText.bytes(text)
        digits.removeAll { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
        if digits.starts(with: "FI".utf8) { digits.removeFirst(2) }
        guard digits.count == 8, digits.allSatisfy(\.isDigit) else {
            throw ValidationFailure(.format)
        }
        // With the weight 1 for the check digit the sum vanishes; remainder 1 finds no check digit.
        let sum = zip(digits, [7, 9, 10, 5, 8, 4, 2, 1]).reduce(0) { $0 + $1.0.digit * $1.1 }
        guard sum % 11 == 0 else { throw ValidationFailure(.checkDigits) }
        digits.insert(UInt8(ascii: "-"), at: 7)
        self.text = String(decoding: digits, as: UTF8.self)
    }
}
