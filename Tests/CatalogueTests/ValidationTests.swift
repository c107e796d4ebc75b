import Catalogue
import StrictJSON
import Testing

@Suite struct ValidationTests {
    @Test(arguments: [
        (
            "name", #"{"family":" Korhonen","given":"Aino  Maria "}"#, RecordKind.person,
            #"{"given":"Aino  Maria","family":"Korhonen"}"#
        ),
        ("name", #"{"family":"Korhonen"}"#, .contact, #"{"family":"Korhonen"}"#),
        ("name", #""Esimerkki Oy""#, .company, #""Esimerkki Oy""#),
        ("reference", #"" WC-10293 ""#, .person, #""WC-10293""#),
        ("henkilotunnus", #""131052-308t""#, .person, #""131052-308T""#),
        ("ytunnus", #""FI20774740""#, .company, #""2077474-0""#),
        (
            "address",
            #"{"city":"Jyväskylä","street":"Vasarakatu 29","country":"fi","postalCode":"40320"}"#,
            .person,
            #"{"street":"Vasarakatu 29","postalCode":"40320","city":"Jyväskylä","country":"FI"}"#
        ),
        (
            "address",
            #"{"street":"1 Main St","streetAdditional":"Flat 2","postalCode":"sw1a 1aa","city":"London","country":"GB"}"#,
            .company,
            #"{"street":"1 Main St","streetAdditional":"Flat 2","postalCode":"SW1A 1AA","city":"London","country":"GB"}"#
        ),
        (
            "address",
            #"{"street":"1 Main St","city":"Hong Kong","country":"HK","postalCode":null}"#, .person,
            #"{"street":"1 Main St","city":"Hong Kong","country":"HK"}"#
        ),
        ("phone", #""040 123 4567""#, .contact, #""+358401234567""#),
        ("email", #""Aino@Example.FI""#, .person, #""Aino@example.fi""#),
        (
            "billing",
            #"{"iban":"FI21 1234 5600 0007 85","method":"invoice","eInvoiceAddress":"0037 2946 3754","eInvoiceOperator":"dabafihh"}"#,
            .company,
            #"{"method":"invoice","iban":"FI2112345600000785","eInvoiceAddress":"003729463754","eInvoiceOperator":"DABAFIHH"}"#
        ),
    ])
    func normalises(_ field: String, _ text: String, _ kind: RecordKind, _ normalised: String)
        throws
    {
        let value = try validate(field, text, kind)
        #expect(value.jsonText == normalised)
        // What was normalised once stays as it is.
        #expect(try validate(field, normalised, kind) == value)
    }

    @Test(arguments: [
        ("name", #""Aino Korhonen""#, RecordKind.person, "/fields/name", "type"),
        ("name", #"{"family":"Oy"}"#, .company, "/fields/name", "type"),
        ("name", "null", .person, "/fields/name", "type"),
        ("name", "[]", .person, "/fields/name", "type"),
        ("name", #"{"given":"Aino"}"#, .person, "/fields/name/family", "required"),
        ("name", #"{"given":"Aino","family":" "}"#, .person, "/fields/name/family", "empty"),
        ("name", #"{"given":7,"family":"K"}"#, .person, "/fields/name/given", "type"),
        ("name", #"{"family":"K","middle":"M"}"#, .person, "/fields/name/middle", "unknown-member"),
        ("name", #"{"family":"K","131052-308T":"M"}"#, .person, "/fields/name", "unknown-member"),
        ("name", #"{"family":"K***"}"#, .person, "/fields/name/family", "masked-value"),
        ("name", #""E***""#, .company, "/fields/name", "masked-value"),
        ("reference", #""""#, .person, "/reference", "empty"),
        ("reference", "7", .person, "/reference", "type"),
        ("henkilotunnus", #""131052-308U""#, .person, "/fields/henkilotunnus", "check-character"),
        ("henkilotunnus", #""131052-308T""#, .company, "/fields/henkilotunnus", "kind"),
        ("henkilotunnus", #""131052-308T""#, .contact, "/fields/henkilotunnus", "kind"),
        ("henkilotunnus", #""******-****""#, .person, "/fields/henkilotunnus", "format"),
        ("ytunnus", #""2077474-0""#, .person, "/fields/ytunnus", "kind"),
        (
            "address", #"{"street":"A 1","postalCode":"4032","city":"B","country":"FI"}"#, .person,
            "/fields/address/postalCode", "postal-code"
        ),
        (
            "address", #"{"street":"A 1","postalCode":"FI-40320","city":"B","country":"FI"}"#,
            .person, "/fields/address/postalCode", "postal-code"
        ),
        (
            "address", #"{"street":"A 1","city":"B","country":"FI"}"#, .person,
            "/fields/address/postalCode", "required"
        ),
        (
            "address", #"{"street":"A 1","postalCode":"40320","city":"B","country":"Suomi"}"#,
            .person, "/fields/address/country", "country"
        ),
        (
            "address", #"{"street":"A 1","postalCode":"40320","city":"B"}"#, .person,
            "/fields/address/country", "required"
        ),
        ("address", #"{"city":"B","country":"FI"}"#, .person, "/fields/address/street", "required"),
        ("phone", #""puh. ei ole""#, .person, "/fields/phone", "format"),
        ("email", #""a at example.fi""#, .person, "/fields/email", "format"),
        ("billing", "{}", .person, "/fields/billing", "empty"),
        (
            "billing", #"{"iban":"FI2212345600000785"}"#, .person, "/fields/billing/iban",
            "check-digits"
        ),
        ("billing", #"{"method":"per invoice"}"#, .person, "/fields/billing/method", "format"),
        (
            "billing", #"{"eInvoiceAddress":"a"}"#, .person, "/fields/billing/eInvoiceAddress",
            "format"
        ),
        ("billing", #"{"method":"invoice"}"#, .contact, "/fields/billing", "kind"),
        ("shoeSize", "43", .person, "/fields/shoeSize", "unknown-field"),
        ("131052-308T", "1", .person, "/fields", "unknown-field"),
    ])
    func refuses(
        _ field: String, _ text: String, _ kind: RecordKind, _ pointer: String, _ rule: String
    ) throws {
        let failure = #expect(throws: ValidationFailure.self) {
            try validate(field, text, kind)
        }
        #expect(failure?.pointer == pointer)
        #expect(failure?.rule == rule)
    }

    @Test func artificialNumbersNeedTheSetting() throws {
        let value = JSONValue.string("200681-9155")
        let failure = #expect(throws: ValidationFailure.self) {
            try Catalogue.shipped.validate(field: "henkilotunnus", value: value, kind: .person)
        }
        #expect(failure?.rule == "artificial")
        #expect(try validate("henkilotunnus", #""200681-9155""#).jsonText == #""200681-9155""#)
    }

    @Test func everyKindNeedsAName() {
        for kind in RecordKind.allCases {
            #expect(throws: ValidationFailure(pointer: "/fields/name", .required)) {
                try Catalogue.shipped.requireFields(["phone"], of: kind)
            }
            #expect(throws: Never.self) {
                try Catalogue.shipped.requireFields(["phone", "name"], of: kind)
            }
        }
    }

    @Test func twoPeopleMayDifferInTheSeparatorAlone() throws {
        let one = try validate("henkilotunnus", #""131052-308T""#).indexValues
        let other = try validate("henkilotunnus", #""131052Y308T""#).indexValues
        #expect(one.count == 1)
        #expect(one != other)
        #expect(one == (try validate("henkilotunnus", #"" 131052-308t ""#).indexValues))
    }
}
