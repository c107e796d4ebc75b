import Catalogue
import StrictJSON
import Testing

@Suite struct SearchTests {
    @Test(arguments: [
        (
            "name", #"{"given":"Aino Maria","family":"Korhonen"}"#, RecordKind.person,
            ["name=aino maria korhonen", "name.family=korhonen", "name.familyGiven=korhonen|aino"]
        ),
        ("name", #"{"family":"Korhonen"}"#, .person, ["name=korhonen", "name.family=korhonen"]),
        ("name", #""Esimerkki  & KUMPP.""#, .company, ["name=esimerkki & kumpp."]),
        ("reference", #""WC-1""#, .person, ["reference=WC-1"]),
        ("ytunnus", #""20774740""#, .company, ["ytunnus=2077474-0"]),
        ("henkilotunnus", #""131052a308t""#, .person, ["henkilotunnus=131052A308T"]),
        ("phone", #""040 123 4567""#, .person, ["phone=+358401234567"]),
        ("email", #""Aino@Example.FI""#, .person, ["email=aino@example.fi"]),
        (
            "billing", #"{"iban":"FI21 1234 5600 0007 85"}"#, .person,
            ["billing.iban=FI2112345600000785"]
        ),
        ("billing", #"{"method":"card"}"#, .person, []),
        (
            "address", #"{"street":"A 1","postalCode":"40320","city":"B","country":"FI"}"#, .person,
            []
        ),
    ])
    func indexes(_ field: String, _ text: String, _ kind: RecordKind, _ keys: [String]) throws {
        #expect(try validate(field, text, kind).indexValues.texts == keys)
    }

    @Test(arguments: [
        ("name", #"{"given":"AINO","family":"korhonen"}"#, ["name.familyGiven=korhonen|aino"]),
        ("name", #"{"given":"Aino Maria","family":"Korhonen"}"#, ["name=aino maria korhonen"]),
        ("name", #"{"family":"Korhonen"}"#, ["name.family=korhonen"]),
        ("name", #""Aino Korhonen""#, ["name=aino korhonen", "name.family=aino korhonen"]),
        ("billing", #""fi2112345600000785""#, ["billing.iban=FI2112345600000785"]),
        ("billing", #"{"iban":"FI2112345600000785"}"#, ["billing.iban=FI2112345600000785"]),
        ("henkilotunnus", #""200681-9155""#, ["henkilotunnus=200681-9155"]),
        ("phone", #""00358 40 1234567""#, ["phone=+358401234567"]),
    ])
    func searches(_ field: String, _ text: String, _ keys: [String]) throws {
        #expect(try Catalogue.shipped.searchKeys(field: field, value: json(text)).texts == keys)
    }

    /// Every way of asking finds the person; none finds the namesake of another family.
    @Test(arguments: [
        #"{"given":"Aino Maria","family":"af Hällström"}"#,
        #"{"given":"aino","family":"AF  HÄLLSTRÖM"}"#,
        #"{"family":"Af Ha\u0308llstro\u0308m"}"#, #""Aino Maria af Hällström""#,
        #""af hällström""#,
    ])
    func namesAreFound(_ query: String) throws {
        let keys = Set(try Catalogue.shipped.searchKeys(field: "name", value: json(query)))
        let person = try validate("name", #"{"given":"Aino Maria","family":"af Hällström"}"#)
        let other = try validate("name", #"{"given":"Aino Maria","family":"af Hallström"}"#)
        #expect(!keys.isDisjoint(with: person.indexValues))
        #expect(keys.isDisjoint(with: other.indexValues))
    }

    @Test(arguments: [
        ("STRASSE", "Straße"), ("Å ä Ö", "å Ä ö"), ("a\u{30A}", "\u{E5}"), ("ΣΟΦΟΣ", "σοφος"),
        ("a \u{A0}\u{2003} b", "A B"),
    ])
    func equalNames(_ one: String, _ other: String) throws {
        func keys(_ name: String) throws -> [IndexValue] {
            try Catalogue.shipped.searchKeys(field: "name", value: .string(name))
        }
        #expect(try keys(one) == keys(other))
    }

    @Test func lettersWithMarksAreDistinct() throws {
        let keys = try ["a", "ä", "å", "o", "ö"].map {
            try Catalogue.shipped.searchKeys(field: "name", value: .string($0))
        }
        #expect(Set(keys).count == 5)
    }

    @Test(arguments: [
        ("address", #""x""#, "/field", "not-searchable"),
        ("nothing", #""x""#, "/field", "unknown-field"),
        ("phone", #""x""#, "/value", "format"),
        ("phone", "7", "/value", "type"),
        ("name", "7", "/value", "type"),
        ("name", #"{"given":"Aino"}"#, "/value/family", "required"),
        ("billing", #"{"method":"card"}"#, "/value", "type"),
    ])
    func refuses(_ field: String, _ text: String, _ pointer: String, _ rule: String) throws {
        let failure = #expect(throws: ValidationFailure.self) {
            try Catalogue.shipped.searchKeys(field: field, value: json(text))
        }
        #expect(failure?.pointer == pointer)
        #expect(failure?.rule == rule)
    }
}
