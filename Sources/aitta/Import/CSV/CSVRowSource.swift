/// The rows of a CSV file, assembled by a map.
struct CSVRowSource: RowSource {
    let columns: [String]
    let separator: UInt8
    private let assembler: RowAssembler
    private var reader: CSVReader

    /// Reads the header.
    ///
    /// - Parameter rewind: opens the file anew from a position; used twice where an interrupted
    ///   import goes on in the middle.
    init(
        map: ImportMap, mapName: String, from position: FilePosition?,
        open: (FilePosition) throws -> ByteReader
    ) throws {
        var header = CSVReader(try open(FilePosition()), separator: map.separator)
        try header.skipByteOrderMark()
        guard let row = try header.next() else { throw Failure("the file is empty") }
        guard row.fault == nil, let names = row.texts() else {
            throw Failure("the first row, which names the columns, is no valid CSV in UTF-8")
        }
        columns = names.map(\.trimmed)
        separator = map.separator
        assembler = try RowAssembler(map, header: columns, mapName: mapName)
        if let position {
            reader = CSVReader(
                try open(position), separator: map.separator, line: position.line)
        } else {
            reader = header
        }
    }

    var position: FilePosition { FilePosition(offset: reader.offset, line: reader.line) }

    mutating func next() throws -> ImportRow? {
        guard let row = try reader.next() else { return nil }
        return ImportRow(
            line: row.line, columns: (0..<row.count).map { row[$0] },
            content: assembler.content(of: row))
    }
}
