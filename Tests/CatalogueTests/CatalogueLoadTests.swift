import Catalogue
import Foundation
import StrictJSON
import Testing

@Suite struct CatalogueLoadTests {
    private static let head = "version: 3\ncontroller:\n  name: Esimerkki Oy\n"

    @Test func theExampleLoads() throws {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "catalogue.example.yaml")
        let catalogue = try Catalogue.load(yaml: String(contentsOf: file, encoding: .utf8))
        #expect(catalogue.version == 1)
        #expect(catalogue.controller?.ytunnus == "2077474-0")
        #expect(catalogue.dataProtectionOfficer?.email == "tietosuoja@esimerkki.example")
        #expect(catalogue.compartments.map(\.name).suffix(2) == ["billing", "service"])
        #expect(
            catalogue.fields(in: "service").map(\.name)
                == ["agreementNumber", "serviceLevel", "equipment"])
        let number = try #require(catalogue.field(named: "agreementNumber"))
        #expect(number.isUnique && number.isSearchable && number.maximumLength == 32)
        #expect(number.kinds == [.person, .company])
        #expect(catalogue.field(named: "equipment")?.mask == .hidden)
        #expect(catalogue.field(named: "phone")?.mask == .hidden)
        #expect(Catalogue.shipped.field(named: "phone")?.mask == .lastTwoDigits)
        #expect(catalogue.purpose(named: "remote-support")?.legalBases[.contact] == [.contract])
        #expect(catalogue.purpose(named: "customer-survey")?.requiresConsent(of: .person) == true)
        #expect(catalogue.purpose(named: "customer-survey")?.legalBases[.contact] == nil)
    }

    @Test func ownFieldsAreValidatedIndexedAndMasked() throws {
        let catalogue = try Catalogue.load(
            yaml: Self.head + """
                fields:
                  - {name: note, type: text, compartment: contact, searchable: true, maximumLength: 5}
                  - {name: score, type: number, compartment: identity, searchable: true, mask: plain}
                  - {name: birthday, type: date, compartment: identity, searchable: true}
                  - {name: extra, type: json, compartment: contact, mask: stars}
                  - {name: spouse, type: name, compartment: contact, searchable: true, mask: initials}
                  - {name: account, type: iban, compartment: billing, searchable: true, mask: last-four}
                """)
        #expect(try validate("note", #"" ÄB ""#, in: catalogue).indexValues.texts == ["note=äb"])
        #expect(throws: ValidationFailure(pointer: "/fields/note", .tooLong)) {
            try validate("note", #""123456""#, in: catalogue)
        }
        #expect(try validate("score", "1.50", in: catalogue).jsonText == "1.5")
        #expect(try validate("birthday", #""2024-02-29""#, in: catalogue).indexValues.count == 1)
        let extra = try validate("extra", #"{ "b":[1.5e3,null], "a":"x" }"#, in: catalogue)
        #expect(extra.jsonText == #"{"b":[1.5e3,null],"a":"x"}"#)
        #expect(extra.indexValues.isEmpty)
        #expect(catalogue.mask(json: extra.json, of: "extra") == Array(#""***""#.utf8))
        #expect(throws: ValidationFailure(pointer: "/fields/extra", .type)) {
            try validate("extra", "null", in: catalogue)
        }
        #expect(throws: ValidationFailure(pointer: "/fields/extra", .tooLong)) {
            try validate("extra", "\"\(String(repeating: "a", count: 8191))\"", in: catalogue)
        }
        let spouse = try validate("spouse", #"{"given":"Eino","family":"Aalto"}"#, in: catalogue)
        #expect(spouse.indexValues.map(\.key) == ["spouse", "spouse.family", "spouse.familyGiven"])
        #expect(catalogue.mask(json: spouse.json, of: "spouse") == Array(#""E*** A***""#.utf8))
        let account = try validate("account", #""FI2112345600000785""#, in: catalogue)
        #expect(account.indexValues.texts == ["account=FI2112345600000785"])
        #expect(catalogue.mask(json: account.json, of: "account") == Array(#""***0785""#.utf8))
        #expect(catalogue.mask(json: Array("1".utf8), of: "note") == nil)
    }

    @Test(arguments: [
        ("", "empty", ""),
        ("version: [", "yaml", ""),
        ("version: 1\nversion: 2", "yaml", ""),
        ("- a", "type", ""),
        ("version: 1", "required", ""),
        ("controller: {name: x}", "required", ""),
        ("version: 0\ncontroller: {name: x}", "type", "/version"),
        ("version: one\ncontroller: {name: x}", "type", "/version"),
        (head + "colour: red", "unknown-key", "/colour"),
        ("version: 1\ncontroller: {name: x, nick: y}", "unknown-key", "/controller/nick"),
        (
            "version: 1\ncontroller: {name: x, ytunnus: 1234567-2}", "check-digits",
            "/controller/ytunnus"
        ),
        (head + "compartments: {}", "type", "/compartments"),
        (
            head + "compartments: [{name: billing, description: x}]", "duplicate",
            "/compartments/0/name"
        ),
        (head + "compartments: [{name: Own, description: x}]", "name", "/compartments/0/name"),
        (head + "compartments: [{name: own}]", "required", "/compartments/0"),
        (
            head + "fields: [{name: a, type: text, compartment: nowhere}]", "unknown-compartment",
            "/fields/0/compartment"
        ),
        (
            head + "fields: [{name: a, type: texts, compartment: contact}]", "unknown-word",
            "/fields/0/type"
        ),
        (
            head + "fields: [{name: a-b, type: text, compartment: contact}]", "name",
            "/fields/0/name"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, searchable: yes}]", "type",
            "/fields/0/searchable"
        ),
        (
            head + "fields: [{name: a, type: json, compartment: contact, searchable: true}]",
            "searchable", "/fields/0"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, unique: true}]", "unique",
            "/fields/0"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, mask: last-four}]", "mask",
            "/fields/0/mask"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, kinds: []}]", "empty",
            "/fields/0/kinds"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, kinds: [dog]}]",
            "unknown-word", "/fields/0/kinds/0"
        ),
        (
            head + "fields: [{name: a, type: date, compartment: contact, maximumLength: 5}]",
            "maximumLength", "/fields/0/maximumLength"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, maximumLength: 5000}]",
            "type", "/fields/0/maximumLength"
        ),
        (
            head + "fields: [{name: a, type: text, compartment: contact, <<: {mask: plain}}]",
            "unknown-key", "/fields/0/<<"
        ),
        (head + "fields: [{name: email, type: text}]", "shipped-field", "/fields/0"),
        (head + "fields: [{name: henkilotunnus, mask: plain}]", "mask", "/fields/0/mask"),
        (
            head + "fields: [{name: email, mask: stars}, {name: email, mask: plain}]", "duplicate",
            "/fields/1"
        ),
        (
            head + "purposes: [{name: order, legalBases: [contract]}]", "duplicate",
            "/purposes/0/name"
        ),
        (head + "purposes: [{name: survey, legalBases: []}]", "empty", "/purposes/0/legalBases"),
        (head + "purposes: [{name: survey, legalBases: {}}]", "empty", "/purposes/0/legalBases"),
        (
            head + "purposes: [{name: survey, legalBases: [profit]}]", "unknown-word",
            "/purposes/0/legalBases/0"
        ),
        (
            head + "purposes: [{name: survey, legalBases: {dog: [consent]}}]", "unknown-key",
            "/purposes/0/legalBases/dog"
        ),
    ])
    func refuses(_ yaml: String, _ rule: String, _ path: String) {
        let error = #expect(throws: CatalogueError.self) { try Catalogue.load(yaml: yaml) }
        #expect(error?.rule == rule)
        #expect(error?.path == path)
    }

    @Test func errorsNameTheLine() {
        let unknown = #expect(throws: CatalogueError.self) {
            try Catalogue.load(yaml: Self.head + "fields:\n  - name: a\n    typo: b\n")
        }
        #expect(unknown?.line == 6)
        #expect(unknown?.path == "/fields/0/typo")
    }

    @Test func limitsFieldsAndCompartments() throws {
        func fields(_ count: Int) -> String {
            Self.head + "fields:\n"
                + (0..<count).map { "  - {name: f\($0), type: text, compartment: contact}\n" }
                .joined()
        }
        #expect(try Catalogue.load(yaml: fields(56)).fields.count == 64)
        #expect(throws: CatalogueError.self) { try Catalogue.load(yaml: fields(57)) }
        func compartments(_ count: Int) -> String {
            Self.head + "compartments:\n"
                + (0..<count).map { "  - {name: c\($0), description: d}\n" }.joined()
        }
        #expect(try Catalogue.load(yaml: compartments(12)).compartments.count == 16)
        #expect(throws: CatalogueError.self) { try Catalogue.load(yaml: compartments(13)) }
        #expect(throws: CatalogueError.self) {
            try Catalogue.load(yaml: Self.head + String(repeating: "#\n", count: 1 << 18))
        }
    }

    @Test func theShippedPurposesHaveTheirLegalBases() {
        let shipped = Catalogue.shipped
        #expect(shipped.purposes.count == 9)
        #expect(shipped.purpose(named: "marketing")?.requiresConsent(of: .person) == true)
        #expect(shipped.purpose(named: "marketing")?.isOpenToObjection(for: .person) == false)
        #expect(shipped.purpose(named: "marketing")?.isOpenToObjection(for: .company) == true)
        #expect(shipped.purpose(named: "billing")?.legalBases[.person]?.map(\.point) == ["b", "c"])
        #expect(shipped.purpose(named: "order")?.isOpenToObjection(for: .person) == false)
        #expect(shipped.purposes.filter(\.isForRightsOnly).map(\.name) == ["data-subject-rights"])
    }
}
