import Catalogue

/// The moment at which something ends that a date or a time names.
enum EndOfTime {
    private static let daySeconds: Int64 = 86_400
    /// The last second that a time of four-digit years can name.
    private static let lastSecond: Int64 = 253_402_300_799

    /// In Unix seconds: of a time the time, of a date the end of that day in UTC, which is no earlier than in
    /// Finland; `nil` for neither.
    static func seconds(_ text: String) -> Int64? {
        if let seconds = Timestamp.seconds(text) { return seconds }
        guard let date = try? CalendarDate(text),
            let start = Timestamp.seconds(date.text + "T00:00:00Z")
        else { return nil }
        return min(start + daySeconds, lastSecond)
    }
}
