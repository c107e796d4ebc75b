import Catalogue
import StrictJSON
import Testing

@Suite struct ValidationFuzzTests {
    /// Any text in any field is either refused or normalised to what validates to itself.
    @Test func normalisingTwiceIsNormalisingOnce() throws {
        var random = SeededGenerator()
        let alphabet = Array(
            "0123456789ABCDEFXYabcåäöÅß +-@.()/*FI\u{A0}\u{308}\u{2011}\u{202E}😀\n\u{3C2}\u{130}"
                .unicodeScalars)
        let seeds = [
            "131052-308T", "2077474-0", "FI2112345600000785", "+358401234567", "a@b.fi",
            "2026-01-31",
        ]
        let catalogue = try Catalogue.load(
            yaml: """
                version: 1
                controller: {name: x}
                fields:
                  - {name: note, type: text, compartment: contact, searchable: true}
                  - {name: day, type: date, compartment: contact, searchable: true}
                  - {name: account, type: iban, compartment: contact, searchable: true}
                """)
        var accepted: [String: Int] = [:]
        for _ in 0..<20_000 {
            var scalars = Array(
                (Bool.random(using: &random) ? seeds.randomElement(using: &random)! : "")
                    .unicodeScalars)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                scalars.insert(
                    alphabet.randomElement(using: &random)!,
                    at: Int.random(in: 0...scalars.count, using: &random))
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            let value = JSONValue.string(String(view))
            for field in catalogue.fields {
                let kind: RecordKind = field.kinds.contains(.person) ? .person : .company
                guard
                    let first = try? catalogue.validate(field: field.name, value: value, kind: kind)
                else { continue }
                accepted[field.name, default: 0] += 1
                let again = try catalogue.validate(
                    field: field.name, value: try JSONParser.parse(first.json), kind: kind)
                #expect(again.json == first.json)
                #expect(again.indexValues == first.indexValues)
            }
        }
        for field in [
            "henkilotunnus", "ytunnus", "reference", "phone", "email", "note", "day", "account",
        ] {
            #expect(accepted[field, default: 0] > 50, "too few values of \(field) were valid")
        }
    }
}
