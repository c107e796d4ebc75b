import Testing
import VaultClient

@testable import aitta

@Suite struct RowAssemblerTests {
    static let header = ["first", "firm", "land", "since"]
    static let yaml = """
        person: {source: subject, fields: {name.given: first, home.country: &c {column: land, values: {"": FI}}}}
        company:
          when: firm
          reference: firm
          fields: {name: firm, home.country: *c}
          contact: {fields: {name.given: first}}
        ignore: [since]
        """

    static func content(_ row: String) throws -> Result<ImportRow.Content, Rejection> {
        let assembler = try RowAssembler(
            ImportMapTests.map(yaml), header: header, mapName: "map.yaml")
        var reader = CSVReader(ByteReader(Array(row.utf8)), separator: UInt8(ascii: ","))
        return assembler.content(of: try #require(try reader.next()))
    }

    @Test func makesAPerson() throws {
        let content = try Self.content(" \u{A0}Aino\u{A0},  ,,x").get()
        #expect(content.kind == .person)
        #expect(
            String(decoding: content.record, as: UTF8.self)
                == #"{"kind":"person","source":"subject","fields":{"name":{"given":"Aino"},"#
                + #""home":{"country":"FI"}}}"#)
        #expect(content.contact == nil)
    }

    @Test func makesACompanyAndItsContact() throws {
        let content = try Self.content(#"Aino,"Säilä ""Oy""",SE,x"#).get()
        #expect(content.kind == .company)
        #expect(
            String(decoding: content.record, as: UTF8.self)
                == #"{"kind":"company","reference":"Säilä \"Oy\"","fields":{"name":"Säilä \"Oy\"","#
                + #""home":{"country":"SE"}}}"#)
        #expect(
            content.contact.map { String(decoding: $0, as: UTF8.self) }
                == #"{"kind":"contact","fields":{"name":{"given":"Aino"}}}"#)
    }

    @Test func leavesOutAContactWithoutValues() throws {
        #expect(try Self.content(" ,Oy,SE,x").get().contact == nil)
    }

    @Test(arguments: [
        ("a,b", "columns"), ("a,b,c,d,e", "columns"), ("a\"b,,,", "quote"),
    ])
    func rejects(row: String, reason: String) throws {
        #expect(try Self.content(row) == .failure(Rejection(reason)))
    }

    @Test func rejectsARowWhoseDataWouldBeLost() throws {
        let map = try ImportMapTests.map(
            """
            person: {fields: {name: first, hetu: id}}
            company: {when: firm, fields: {name: firm}, contact: {fields: {name: first}}}
            """)
        let assembler = try RowAssembler(
            map, header: ["first", "firm", "id"], mapName: "map.yaml")
        var reader = CSVReader(
            ByteReader(Array("a,Oy,1\na,Oy, \na,,1\n".utf8)), separator: UInt8(ascii: ","))
        var outcomes: [Result<ImportRow.Content, Rejection>] = []
        while let row = try reader.next() { outcomes.append(assembler.content(of: row)) }
        #expect(outcomes[0] == .failure(Rejection("id: no-place")))
        #expect(try outcomes[1].get().kind == .company)
        #expect(try outcomes[2].get().kind == .person)
    }

    @Test(arguments: [
        (["first", "firm", "land"], "the file has no column since"),
        (["first", "firm", "land", "since", "x"], "the map says nothing of the column x"),
        (["first", "firm", "land", "since", "line"], "the map says nothing of the column line"),
        (["first", "firm", "land", "since", "firm"], "the file has two columns named firm"),
    ])
    func refusesAFileThatTheMapDoesNotFit(header: [String], message: String) {
        let failure = #expect(throws: Failure.self) {
            try RowAssembler(ImportMapTests.map(Self.yaml), header: header, mapName: "map.yaml")
        }
        #expect(failure?.message == message)
    }

    @Test func takesAFileOfRejectedRows() throws {
        _ = try RowAssembler(
            ImportMapTests.map(Self.yaml), header: ["line", "reason"] + Self.header,
            mapName: "map.yaml")
    }

    @Test(arguments: [
        ("", ""), (" ", ""), ("\u{A0}\u{2003}", ""), ("a", "a"), (" a b\t", "a b"),
        ("\u{A0}ä\u{A0}", "ä"), ("é ", "é"),
    ])
    func trims(text: String, expected: String) {
        #expect(text.trimmed == expected)
    }
}
