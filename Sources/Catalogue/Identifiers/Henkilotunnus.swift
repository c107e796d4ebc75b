/// A Finnish personal identity code: DDMMYY, a separator that tells the century, an individual
/// number and a check character (Population Information System Act 661/2009, section 11;
/// separators as extended in 2023).
///
/// The separator is part of the identity: two people may differ in nothing else. Nothing is ever
/// derived from the code, sex least of all.
public struct Henkilotunnus: Sendable, Equatable {
    /// The eleven characters, upper case.
    public let text: String

    /// Reads a code; white space around it and lower case are accepted.
    ///
    /// - Parameter acceptArtificial: whether individual numbers 900–999, which belong to nobody,
    ///   are accepted.
    /// - Throws: `ValidationFailure` with rule `format`, `separator`, `date`, `individual-number`,
    ///   `artificial` or `check-character`.
    public init(_ text: String, acceptArtificial: Bool) throws(ValidationFailure) {
        let bytes = try IdentifierText.bytes(text)
        guard bytes.count == 11, bytes[0..<6].allSatisfy(\.isDigit),
            bytes[7..<10].allSatisfy(\.isDigit)
        else { throw ValidationFailure(.format) }
        guard let century = Self.century(of: bytes[6]) else { throw ValidationFailure(.separator) }
        let day = bytes[0..<2].decimal
        let month = bytes[2..<4].decimal
        let year = century + bytes[4..<6].decimal
        guard CalendarDate.exists(year: year, month: month, day: day) else {
            throw ValidationFailure(.date)
        }
        let individual = bytes[7..<10].decimal
        guard individual >= 2 else { throw ValidationFailure(.individualNumber) }
        guard acceptArtificial || individual < 900 else { throw ValidationFailure(.artificial) }
        let number = bytes[0..<6].decimal * 1000 + individual
        guard bytes[10] == Self.checkCharacters[number % 31] else {
            throw ValidationFailure(.checkCharacter)
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    private static let checkCharacters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)

    private static func century(of separator: UInt8) -> Int? {
        switch Character(Unicode.Scalar(separator)) {
        case "+": 1800
        case "-", "Y", "X", "W", "V", "U": 1900
        case "A", "B", "C", "D", "E", "F": 2000
        default: nil
        }
    }
}
