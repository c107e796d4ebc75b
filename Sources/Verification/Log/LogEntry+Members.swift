public import StrictJSON

extension LogEntry {
    /// The first member that an item of `GET /v1/audit/entries` shows otherwise than the entry's
    /// bytes say; nil if there is none. Members that are not there, and those that no entry has, say
    /// nothing.
    public func contradiction(in item: JSONValue) -> String? {
        let own = members
        return (item.members ?? []).first { shown in
            own.contains { $0.name == shown.name && $0.value != shown.value }
        }?.name
    }

    /// Every member that the interface shows of an entry; null for what this one does not have.
    private var members: [JSONMember] {
        let text = { (text: String?) in text.map(JSONValue.string) ?? .null }
        let number = { (number: UInt64?) in number.map { JSONValue.number(String($0)) } ?? .null }
        return [
            JSONMember("t", .string(time)),
            JSONMember("uid", number(UInt64(uid))),
            JSONMember("user", text(user)),
            JSONMember("token", text(token)),
            JSONMember("pid", .number(String(pid))),
            JSONMember("purpose", text(purpose)),
            JSONMember("op", text(operation)),
            JSONMember("record", text(record)),
            JSONMember("fields", .array(fields.map(JSONValue.string))),
            JSONMember("outcome", text(outcome)),
            JSONMember("generation", number(generation)),
            JSONMember("reason", text(reason)),
            JSONMember("count", number(count)),
            JSONMember("request", text(requestID)),
        ]
    }

    /// RFC 3339 in UTC, with milliseconds.
    private var time: String {
        let day: Int64 = 86_400_000
        let days = milliseconds >= 0 ? milliseconds / day : (milliseconds + 1) / day - 1
        let rest = milliseconds - days * day
        let date = Self.date(days)
        return Self.digits(date.year, 4) + "-" + Self.digits(date.month, 2) + "-"
            + Self.digits(date.day, 2) + "T" + Self.digits(rest / 3_600_000, 2) + ":"
            + Self.digits(rest / 60_000 % 60, 2) + ":" + Self.digits(rest / 1000 % 60, 2) + "."
            + Self.digits(rest % 1000, 3) + "Z"
    }

    /// The date of a day counted from 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-
    /// Compatible Low-Level Date Algorithms").
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            year + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
