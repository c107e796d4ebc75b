import Catalogue
import StrictJSON
import Testing

@Suite struct MaskTests {
    @Test(arguments: [
        ("name", #"{"given":"Aino","family":"Korhonen"}"#, RecordKind.person, #""A*** K***""#),
        ("name", #"{"family":"Öhman"}"#, .person, #""Ö***""#),
        ("name", #""Esimerkki Oy""#, .company, #""E***""#),
        ("reference", #""WC-1""#, .person, #""WC-1""#),
        ("ytunnus", #""2077474-0""#, .company, #""2077474-0""#),
        ("henkilotunnus", #""131052-308T""#, .person, #""******-****""#),
        (
            "address",
            #"{"street":"Vasarakatu 29","postalCode":"40320","city":"Jyväskylä","country":"FI"}"#,
            .person, #"{"city":"Jyväskylä","country":"FI"}"#
        ),
        ("phone", #""+358401234567""#, .person, #""***67""#),
        ("email", #""aino.korhonen@example.fi""#, .person, #""a***@example.fi""#),
        (
            "billing", #"{"method":"invoice","iban":"FI2112345600000785"}"#, .person,
            #"{"iban":"***0785"}"#
        ),
        ("billing", #"{"method":"invoice"}"#, .person, "{}"),
    ])
    func shows(_ field: String, _ text: String, _ kind: RecordKind, _ masked: String) throws {
        let value = try validate(field, text, kind)
        let mask = try #require(Catalogue.shipped.mask(json: value.json, of: field))
        #expect(String(decoding: mask, as: UTF8.self) == masked)
    }

    /// Two values that differ only in what is hidden, its length included, look alike.
    @Test(arguments: [
        ("name", #"{"given":"A","family":"K"}"#, #"{"given":"Aino Maria","family":"Korhonen"}"#),
        ("phone", #""+3584012345678""#, #""+358401278""#),
        ("email", #""a@example.fi""#, #""aino.korhonen@example.fi""#),
        ("henkilotunnus", #""131052-308T""#, #""131052+308T""#),
        (
            "billing", #"{"iban":"FI2112345600000785"}"#,
            #"{"iban":"FI2112345600000785","method":"card"}"#
        ),
    ])
    func tellNothingElse(_ field: String, _ one: String, _ other: String) throws {
        let values = try [one, other].map { try validate(field, $0).json }
        #expect(values[0] != values[1])
        let masks = values.map { Catalogue.shipped.mask(json: $0, of: field) }
        #expect(masks[0] != nil)
        #expect(masks[0] == masks[1])
    }

    @Test(arguments: ["name", "henkilotunnus", "address", "phone", "email", "billing"])
    func canNotBeWrittenBack(_ field: String) throws {
        let examples = [
            "name": #"{"given":"Aino","family":"Korhonen"}"#, "henkilotunnus": #""131052-308T""#,
            "address": #"{"street":"A 1","postalCode":"40320","city":"B","country":"FI"}"#,
            "phone": #""+358401234567""#, "email": #""aino@example.fi""#,
            "billing": #"{"iban":"FI2112345600000785"}"#,
        ]
        let value = try validate(field, try #require(examples[field]))
        let mask = try #require(Catalogue.shipped.mask(json: value.json, of: field))
        #expect(throws: ValidationFailure.self) {
            try validate(field, String(decoding: mask, as: UTF8.self))
        }
    }

    @Test func whatIsNotUnderstoodIsWithheld() {
        #expect(Catalogue.shipped.mask(json: Array("{".utf8), of: "email") == nil)
        #expect(Catalogue.shipped.mask(json: Array("7".utf8), of: "email") == nil)
        #expect(Catalogue.shipped.mask(json: Array("7".utf8), of: "nothing") == nil)
    }
}
