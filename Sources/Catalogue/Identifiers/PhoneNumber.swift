/// A phone number in international form (ITU-T E.164).
public struct PhoneNumber: Sendable, Equatable {
    /// The number: `+`, then 7 to 15 digits.
    public let text: String

    /// Reads a number in international form (`+` or `00` before the country calling code) or in
    /// national form (with the trunk prefix `0`). Spaces, hyphens, full stops, slashes and brackets
    /// are taken out, and the `(0)` that some write after the country calling code.
    ///
    /// - Parameter countryCallingCode: of numbers in national form, without `+`.
    /// - Throws: `ValidationFailure` with rule `format`, `trunk-prefix`, `too-short` or `too-long`.
    public init(_ text: String, countryCallingCode: String = "358") throws(ValidationFailure) {
        var bytes = try IdentifierText.bytes(text)
        let isInternational = bytes.first == UInt8(ascii: "+") || bytes.starts(with: "00".utf8)
        if isInternational { Self.removeBracketedZero(&bytes) }
        bytes.removeAll { " -./()".utf8.contains($0) }
        let digits = try Self.internationalDigits(bytes, countryCallingCode)
        guard digits.first != UInt8(ascii: "0") else { throw ValidationFailure(.format) }
        guard !digits.starts(with: "3580".utf8) else { throw ValidationFailure(.trunkPrefix) }
        guard digits.count >= 7 else { throw ValidationFailure(.tooShort) }
        guard digits.count <= 15 else { throw ValidationFailure(.tooLong) }
        self.text = "+" + String(decoding: digits, as: UTF8.self)
    }

    private static func internationalDigits(
        _ bytes: [UInt8], _ countryCallingCode: String
    ) throws(ValidationFailure) -> [UInt8] {
        let digits: [UInt8]
        if bytes.first == UInt8(ascii: "+") {
            digits = Array(bytes.dropFirst())
        } else if bytes.starts(with: "00".utf8) {
            digits = Array(bytes.dropFirst(2))
        } else if bytes.first == UInt8(ascii: "0") {
            digits = Array(countryCallingCode.utf8) + bytes.dropFirst()
        } else {
            throw ValidationFailure(.format)
        }
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
            throw ValidationFailure(.format)
        }
        return digits
    }

    private static func removeBracketedZero(_ bytes: inout [UInt8]) {
        if let range = bytes.firstRange(of: Array("(0)".utf8)) { bytes.removeSubrange(range) }
    }
}
