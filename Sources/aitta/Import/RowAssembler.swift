import StrictJSON
import VaultClient

/// Makes records of the rows of one file, by a map whose columns were found in it.
struct RowAssembler: Sendable {
    /// Columns that the file of rejected rows puts first, so that it can be imported again.
    static let rejectionColumns = ["line", "reason"]

    private let company: (when: Int?, record: RecordTemplate, contact: RecordTemplate?)?
    private let person: RecordTemplate?
    private let columnNames: [String]
    /// Columns that the map uses somewhere: a value in one of them may not be lost.
    private let usedColumns: [Int]

    /// - Throws: a failure that names the columns of which the map says nothing, or which it
    ///   names and the file does not have.
    init(_ map: ImportMap, header: [String], mapName: String) throws {
        let columns = try Self.indexes(of: header)
        let missing = map.columns.union(map.ignored).filter { columns[$0] == nil }
        guard missing.isEmpty else {
            throw Failure(
                "the file has no column \(missing.sorted().joined(separator: ", "))",
                hint: "see whether \(mapName) is the map for this file, and its separator")
        }
        let known = map.columns.union(map.ignored)
            .union(header.starts(with: Self.rejectionColumns) ? Self.rejectionColumns : [])
        let unmapped = header.filter { !known.contains($0) }
        guard unmapped.isEmpty else {
            throw Failure(
                "the map says nothing of the column \(unmapped.joined(separator: ", "))",
                hint: "map it in \(mapName), or list it under “ignore”")
        }
        columnNames = header
        usedColumns = map.columns.compactMap { columns[$0] }.sorted()
        person = try map.person.map { try RecordTemplate($0, .person, columns) }
        company = try map.company.map { company in
            (
                company.when.flatMap { columns[$0] },
                try RecordTemplate(company.template, .company, columns),
                try company.contact.map { try RecordTemplate($0, .contact, columns) }
            )
        }
    }

    /// Makes what a row asks for, or says why that can't be.
    func content(of row: CSVRow) -> Result<ImportRow.Content, Rejection> {
        if let fault = row.fault { return .failure(Rejection(fault.rawValue)) }
        guard row.count == columnNames.count else {
            return .failure(Rejection(CSVRow.Fault.columns.rawValue))
        }
        guard var texts = row.texts() else {
            return .failure(Rejection(CSVRow.Fault.utf8.rawValue))
        }
        for index in texts.indices { texts[index] = texts[index].trimmed }
        return content(of: texts)
    }

    private func content(of texts: [String]) -> Result<ImportRow.Content, Rejection> {
        if let company, company.when.map({ !texts[$0].isEmpty }) ?? true {
            var used = company.record.columns.union(company.contact?.columns ?? [])
            if let when = company.when { used.insert(when) }
            if let lost = lostColumn(texts, used: used) { return .failure(lost) }
            return .success(
                ImportRow.Content(
                    kind: .company, record: company.record.encoded(texts),
                    contact: company.contact.flatMap { $0.encodedIfAny(texts) }))
        }
        guard let person else { return .failure(Rejection("neither person nor company")) }
        if let lost = lostColumn(texts, used: person.columns) { return .failure(lost) }
        return .success(ImportRow.Content(kind: .person, record: person.encoded(texts)))
    }

    /// A row of one kind with a value that only another kind has a place for.
    private func lostColumn(_ texts: [String], used: Set<Int>) -> Rejection? {
        for index in usedColumns where !texts[index].isEmpty && !used.contains(index) {
            return Rejection("\(columnNames[index]): no-place")
        }
        return nil
    }

    private static func indexes(of header: [String]) throws -> [String: Int] {
        var indexes: [String: Int] = [:]
        for (index, name) in header.enumerated() {
            guard indexes.updateValue(index, forKey: name) == nil else {
                throw Failure("the file has two columns named \(name)")
            }
        }
        return indexes
    }
}

extension String {
    /// The text without white space at its ends (Unicode White_Space, no-break space included).
    var trimmed: String {
        guard let first = utf8.first, let last = utf8.last else { return self }
        let isPlain: (UInt8) -> Bool = { 0x21...0x7E ~= $0 }
        if isPlain(first) && isPlain(last) { return self }
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...end])
    }
}
