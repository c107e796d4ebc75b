/// Says which column of a CSV file becomes which field of which record. Read from YAML; the file
/// tools/import/web-shop.yaml shows every possibility.
struct ImportMap: Sendable, Equatable {
    /// Where a field's value comes from.
    enum Origin: Sendable, Equatable {
        /// A column, its value replaced where the table has it; an empty value is left out.
        case column(String, values: [String: String])
        /// The same for every record.
        case constant(String)
    }

    /// A field, or a part of one: `address.city` is the path `["address", "city"]`.
    struct Entry: Sendable, Equatable {
        var path: [String]
        var origin: Origin
    }

    /// How a record is made of a row.
    struct Template: Sendable, Equatable {
        var source: String?
        var reference: Origin?
        var entries: [Entry]

        /// The columns that it reads.
        var columns: [String] {
            (entries.map(\.origin) + [reference].compactMap { $0 }).compactMap {
                if case .column(let name, _) = $0 { name } else { nil }
            }
        }
    }

    /// How a company is made of a row, and its contact person.
    struct Company: Sendable, Equatable {
        /// Rows with a value in this column are companies; nil if all rows are.
        var when: String?
        var template: Template
        var contact: Template?
    }

    var separator = UInt8(ascii: ",")
    var person: Template?
    var company: Company?
    /// Columns that are left out on purpose.
    var ignored: [String] = []

    /// The columns that it reads.
    var columns: Set<String> {
        var columns = Set(person?.columns ?? [])
        columns.formUnion(company?.template.columns ?? [])
        columns.formUnion(company?.contact?.columns ?? [])
        if let when = company?.when { columns.insert(when) }
        return columns
    }
}
