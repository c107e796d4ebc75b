import Catalogue
import Testing

@Suite struct PhoneNumberTests {
    @Test(arguments: [
        ("+358 40 123 4567", "+358401234567"), ("040-1234567", "+358401234567"),
        ("040 123 4567", "+358401234567"), ("(040) 123.4567", "+358401234567"),
        ("00358401234567", "+358401234567"), ("+358 (0)40 123 4567", "+358401234567"),
        ("00358 (0) 40 1234567", "+358401234567"), ("0306363840", "+358306363840"),
        ("\u{A0}+46 8 123 456 78", "+46812345678"), ("+1-202-555-0143", "+12025550143"),
        ("+358\u{2011}40/1234567", "+358401234567"),
    ])
    func accepts(_ text: String, _ normalised: String) throws {
        #expect(try PhoneNumber(text).text == normalised)
    }

    @Test(arguments: [
        ("", "empty"), ("puh. ei ole", "format"), ("401234567", "format"), ("112", "format"),
        ("+", "format"), ("+0401234567", "format"), ("0000401234567", "format"),
        ("+358 040 123 4567", "trunk-prefix"), ("+35812", "too-short"), ("012", "too-short"),
        ("+3584012345678901", "too-long"), ("+358 40 123 4567 x12", "format"),
        ("+358 40 123 45６7", "format"), ("++358401234567", "format"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(rule { () throws(ValidationFailure) in try PhoneNumber(text) } == broken)
    }

    @Test func nationalFormDependsOnTheCountry() throws {
        #expect(try PhoneNumber("08-123 456 78", countryCallingCode: "46").text == "+46812345678")
    }
}
