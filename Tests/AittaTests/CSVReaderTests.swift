import Testing

@testable import aitta

@Suite struct CSVReaderTests {
    struct Row: Equatable {
        var line: Int
        var fields: [String]
        var fault: CSVRow.Fault?

        init(_ line: Int, _ fields: [String], _ fault: CSVRow.Fault? = nil) {
            self.line = line
            self.fields = fields
            self.fault = fault
        }
    }

    /// Reads `text` in pieces of `piece` bytes, so that every boundary falls somewhere once.
    static func read(
        _ bytes: [UInt8], piece: Int = 1 << 16, separator: String = ",",
        limits: CSVLimits = CSVLimits()
    ) throws -> [Row] {
        var reader = CSVReader(
            ByteReader(bytes, piece: piece), separator: separator.utf8.first!, limits: limits)
        try reader.skipByteOrderMark()
        var rows: [Row] = []
        while let row = try reader.next() {
            let fields = (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }
            rows.append(Row(row.line, fields, row.fault))
        }
        #expect(reader.offset == bytes.count)
        return rows
    }

    @Test(
        arguments: [
            ("", []),
            ("a,b\n", [Row(1, ["a", "b"])]),
            ("a,b", [Row(1, ["a", "b"])]),
            ("a,b\r\nc,d\r\n", [Row(1, ["a", "b"]), Row(2, ["c", "d"])]),
            ("a,\n,b\n", [Row(1, ["a", ""]), Row(2, ["", "b"])]),
            ("a,", [Row(1, ["a", ""])]),
            (",", [Row(1, ["", ""])]),
            ("\n\r\na\n\nb\n\n", [Row(3, ["a"]), Row(5, ["b"])]),
            ("\"\"\n", [Row(1, [""])]),
            ("\"a,b\",c\n", [Row(1, ["a,b", "c"])]),
            ("\"a\"\"b\"\n", [Row(1, ["a\"b"])]),
            ("\"\"\"\"\n", [Row(1, ["\""])]),
            ("\"a\nb\r\nc\",d\ne,f\n", [Row(1, ["a\nb\r\nc", "d"]), Row(4, ["e", "f"])]),
            ("a\rb\n", [Row(1, ["a\rb"])]),
            ("a\r", [Row(1, ["a"])]),
            (" a , b \n", [Row(1, [" a ", " b "])]),
            ("a\n\u{FEFF}b\n", [Row(1, ["a"]), Row(2, ["\u{FEFF}b"])]),
            ("a\"b,c\nd,e\n", [Row(1, ["a\"b", "c"], .quote), Row(2, ["d", "e"])]),
            ("\"a\"b,c\nd,e\n", [Row(1, ["ab", "c"], .quote), Row(2, ["d", "e"])]),
            ("\"a\" ,c\nd,e\n", [Row(1, ["a ", "c"], .quote), Row(2, ["d", "e"])]),
            ("\"a\"\rb\nc\n", [Row(1, ["a\rb"], .quote), Row(2, ["c"])]),
            ("a,b\n\"c,d\ne,f\n", [Row(1, ["a", "b"]), Row(2, ["c,d\ne,f\n"], .quote)]),
        ] as [(String, [Row])])
    func reads(text: String, expected: [Row]) throws {
        for piece in [1, 2, 3, 7, 1 << 16] {
            #expect(try Self.read(Array(text.utf8), piece: piece) == expected, "piece \(piece)")
        }
    }

    @Test(arguments: [3, 4, 1 << 16])
    func skipsAByteOrderMark(piece: Int) throws {
        let rows = try Self.read(Array("\u{FEFF}a\nb\n".utf8), piece: piece)
        #expect(rows == [Row(1, ["a"]), Row(2, ["b"])])
    }

    @Test func readsOtherSeparators() throws {
        #expect(try Self.read(Array("a;b,c\n".utf8), separator: ";") == [Row(1, ["a", "b,c"])])
    }

    @Test func keepsWhatIsNotUTF8ForTheRejectedFile() throws {
        let bytes: [UInt8] = Array("a,".utf8) + [0xE4] + Array("\n".utf8)
        var reader = CSVReader(ByteReader(bytes), separator: UInt8(ascii: ","))
        let row = try #require(try reader.next())
        #expect(row.texts() == nil)
        #expect(Array(row[1]) == [0xE4])
    }

    @Test func refusesUTF16() {
        #expect(throws: Failure("the file is UTF-16", hint: "save it as UTF-8")) {
            try Self.read([0xFF, 0xFE, 0x61, 0x00])
        }
    }

    @Test func limitsFieldRowAndColumns() throws {
        let limits = CSVLimits(fieldBytes: 4, rowBytes: 8, columns: 3)
        func faults(_ text: String) throws -> [CSVRow.Fault?] {
            try Self.read(Array(text.utf8), piece: 3, limits: limits).map(\.fault)
        }
        #expect(try faults("aaaa,bbbb\naaaaa,b\nok\n") == [nil, .fieldSize, nil])
        #expect(try faults("aaa,bbb,ccc\nok\n") == [.rowSize, nil])
        #expect(try faults("a,b,c,d\na,b,c\n") == [.columns, nil])
        #expect(try faults("\"aaaaaaaaaaaaaaa\naaaaaaaa\",b\nok\n") == [.fieldSize, nil])
    }

    @Test(arguments: 0..<200)
    func roundTrips(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        let alphabet: [Character] = ["a", "ä", ",", ";", "\"", "\n", "\r", " ", "\r\n", "🙂"]
        let columns = Int.random(in: 2...5, using: &random)
        let rows = (0..<Int.random(in: 1...20, using: &random)).map { _ in
            (0..<columns).map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        alphabet.randomElement(using: &random)!
                    })
            }
        }
        var bytes: [UInt8] = []
        for row in rows {
            CSVWriter.append(
                row.map { Array($0.utf8)[...] }, separator: UInt8(ascii: ","), to: &bytes)
        }
        var line = 1
        let expected = rows.map { row in
            defer { line += 1 + row.joined().utf8.count { $0 == UInt8(ascii: "\n") } }
            return Row(line, row)
        }
        let piece = Int.random(in: 1...9, using: &random)
        #expect(try Self.read(bytes, piece: piece) == expected, "seed \(seed)")
    }

    /// Whatever the bytes, reading ends, and it ends the same way however they arrive.
    @Test(arguments: 0..<200)
    func readsAnything(seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        let alphabet = Array("a,\"\n\r".utf8) + [0xFF, 0x00]
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            alphabet.randomElement(using: &random)!
        }
        let whole = try Self.read(bytes)
        #expect(try Self.read(bytes, piece: 1) == whole, "seed \(seed)")
    }
}
