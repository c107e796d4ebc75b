import StrictJSON

/// What goes to standard output: plain and aligned, or the JSON of the answer.
enum Output {
    /// Prints a value as JSON, compact, on one line.
    static func print(json: JSONValue) {
        Swift.print(String(decoding: json.encoded(), as: UTF8.self))
    }

    /// Prints a line of its own.
    static func print(line: String) {
        Swift.print(line)
    }

    /// Prints names and values, the values aligned.
    static func print(pairs: [(name: String, value: String)]) {
        print(rows: pairs.map { [$0.name, $0.value] })
    }

    /// Prints a table with its headings; each column as wide as its widest cell.
    static func print(table rows: [[String]], headings: [String]) {
        print(rows: [headings] + rows)
    }

    private static func print(rows: [[String]]) {
        Swift.print(aligned(rows))
    }

    /// Rows as lines, columns two spaces apart, without spaces at the ends.
    static func aligned(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = column == row.count - 1 ? 0 : widths[column] + 2 - cell.count
                line += cell + String(repeating: " ", count: padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

extension JSONValue {
    /// The value as names and texts: members of objects as `address.city`, items as `keys.0`.
    func flattened(under name: String = "") -> [(name: String, value: String)] {
        let prefix = name.isEmpty ? "" : name + "."
        switch self {
        case .object(let members):
            return members.flatMap { $0.value.flattened(under: prefix + $0.name) }
        case .array([]): return [(name, "-")]
        case .array(let items):
            if items.allSatisfy({ $0.members == nil && $0.items == nil }) {
                return [(name, items.map(\.plainText).joined(separator: ", "))]
            }
            return items.enumerated().flatMap { $1.flattened(under: prefix + String($0)) }
        default: return [(name, plainText)]
        }
    }

    private var isScalar: Bool { members == nil && items == nil }

    /// A scalar without quotes, scalars with commas between them. Control characters are shown as `?`: they could steer a terminal.
    var plainText: String {
        switch self {
        case .string(let text): text.printable
        case .number(let literal): literal
        case .bool(let flag): flag ? "yes" : "no"
        case .null: "-"
        case .array(let items) where items.allSatisfy(\.isScalar):
            items.isEmpty ? "-" : items.map(\.plainText).joined(separator: ",")
        case .array, .object: String(decoding: encoded(), as: UTF8.self).printable
        }
    }
}

extension String {
    /// The text with control and format characters as `?`.
    var printable: String {
        let isPlain = unicodeScalars.allSatisfy { !Self.isUnprintable($0) }
        if isPlain { return self }
        var text = ""
        for scalar in unicodeScalars {
            text.unicodeScalars.append(Self.isUnprintable(scalar) ? "?" : scalar)
        }
        return text
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
