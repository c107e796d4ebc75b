/// A day of the Gregorian calendar as RFC 3339 writes it: `2026-01-31`.
public struct CalendarDate: Sendable, Equatable {
    /// The date, `YYYY-MM-DD`.
    public let text: String

    /// Reads a date.
    ///
    /// - Throws: `ValidationFailure` with rule `format` or `date`.
    public init(_ text: String) throws(ValidationFailure) {
        let bytes = try IdentifierText.bytes(text)
        let hyphen = UInt8(ascii: "-")
        guard bytes.count == 10, bytes[4] == hyphen, bytes[7] == hyphen,
            bytes.indices.allSatisfy({ $0 == 4 || $0 == 7 || bytes[$0].isDigit })
        else { throw ValidationFailure(.format) }
        guard
            Self.exists(
                year: bytes[0..<4].decimal, month: bytes[5..<7].decimal, day: bytes[8..<10].decimal)
        else { throw ValidationFailure(.date) }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the calendar has that day; years from 1.
    static func exists(year: Int, month: Int, day: Int) -> Bool {
        guard year >= 1, 1...12 ~= month else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return 1...days[month - 1] ~= day
    }
}
