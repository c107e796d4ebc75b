import Testing

@testable import aitta

@Suite struct ImportMapTests {
    static func map(_ yaml: String) throws -> ImportMap {
        try ImportMap(yaml: Array(yaml.utf8), name: "map.yaml")
    }

    @Test func readsEveryPossibility() throws {
        let map = try Self.map(
            """
            separator: ";"
            person:
              source: subject
              reference: number
              fields:
                name.given: first
                country: {column: land, values: {"": FI, Suomi: FI, no: "NO"}}
                billing.method: {constant: invoice}
            company:
              when: firm
              fields: {name: firm}
              contact: {fields: {name.given: first}}
            ignore: [since]
            """)
        #expect(map.separator == UInt8(ascii: ";"))
        #expect(map.person?.source == "subject")
        #expect(map.person?.reference == .column("number", values: [:]))
        #expect(
            map.person?.entries == [
                .init(path: ["name", "given"], origin: .column("first", values: [:])),
                .init(
                    path: ["country"],
                    origin: .column("land", values: ["": "FI", "Suomi": "FI", "no": "NO"])),
                .init(path: ["billing", "method"], origin: .constant("invoice")),
            ])
        #expect(map.company?.when == "firm")
        #expect(map.company?.contact?.entries.count == 1)
        #expect(map.ignored == ["since"])
        #expect(map.columns == ["number", "first", "land", "firm"])
    }

    @Test(arguments: [
        ("", "map.yaml: the file is empty"),
        ("- a", "map.yaml: line 1: names are expected"),
        (
            "persons: {}",
            "map.yaml: line 1: persons is not known here; known are separator, person, company, "
                + "ignore"
        ),
        ("ignore: [a]", "map.yaml: line 1: it says neither how a person nor how a company is made"),
        ("person:\n  source: subject", "map.yaml: line 2: “fields” is missing"),
        ("person:\n  fields:\n    a: b\n    a: c", "map.yaml: line 3: a is given twice"),
        ("person:\n  fields:\n    a: b\n    a.b: c", "map.yaml: line 3: a.b is given twice"),
        ("person:\n  fields:\n    a..b: c", "map.yaml: line 3: a..b is no field"),
        ("person:\n  fields:\n    a: []", "map.yaml: line 3: names are expected"),
        ("person:\n  fields:\n    a:", "map.yaml: line 3: a text is missing"),
        (
            "person:\n  fields:\n    a: {column: b, constant: c}",
            "map.yaml: line 3: either “column” (with “values”) or “constant” is expected"
        ),
        (
            "person:\n  fields:\n    a: {colum: b}",
            "map.yaml: line 3: colum is not known here; known are column, values, constant"
        ),
        (
            "person: {fields: {a: b}}\ncompany:\n  fields: {a: b}",
            "map.yaml: line 3: with a person beside it, the company needs “when: COLUMN”"
        ),
        (
            "person: {fields: {a: b}}\nignore: [b]",
            "map.yaml: line 2: the column b is ignored and used, or twice"
        ),
        (
            "separator: x\nperson: {fields: {a: b}}",
            "map.yaml: line 1: the separator is one of “,”, “;”, “|” and “tab”"
        ),
        ("person: [", "map.yaml: line 2: did not find expected node content"),
    ])
    func refuses(yaml: String, message: String) {
        #expect(throws: Failure(message)) { try Self.map(yaml) }
    }

    @Test func refusesWhatIsNotUTF8() {
        #expect(throws: Failure("map.yaml: not UTF-8")) {
            try ImportMap(yaml: [0xFF], name: "map.yaml")
        }
    }

    @Test func shipsAMapForTheWebShop() throws {
        let path = Repository.root + "/tools/import/web-shop.yaml"
        let yaml = try FileBytes.read(path: path, limit: 1 << 20)
        let map = try ImportMap(yaml: yaml, name: "web-shop.yaml")
        #expect(map.columns.count == 15)
        #expect(map.ignored == ["marketing_consent", "registered"])
    }
}
