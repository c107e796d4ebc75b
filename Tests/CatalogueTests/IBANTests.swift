import Catalogue
import Testing

@Suite struct IBANTests {
    /// The examples of the IBAN registry.
    @Test(arguments: [
        "FI2112345600000785", "SE4550000000058398257466", "EE382200221020145685",
        "DE89370400440532013000", "BE68539007547034", "ES9121000418450200051332",
        "NO9386011117947", "ME25505000012345678951", "GB29NWBK60161331926819",
        "MT84MALT011000012345MTLCAST001S", "FR1420041010050500013M02606", "NL91ABNA0417164300",
        "PL61109010140000071219812874", "LV80BANK0000435195001", "LT121000011101001000",
        "DK5000400440116243", "IS140159260076545510730339", "LI21088100002324013AA",
        "CH9300762011623852957", "LC55HEMM000100010012001200023015",
    ])
    func acceptsTheRegistrysExamples(_ text: String) throws {
        #expect(try IBAN(text).text == text)
        let grouped = text.enumerated().map { $0 > 0 && $0 % 4 == 0 ? " \($1)" : "\($1)" }.joined()
        #expect(try IBAN(" \(grouped.lowercased()) ").text == text)
    }

    @Test(arguments: [
        ("", "empty"), ("FI21", "format"), ("FI2112345600000785!", "format"),
        ("F12112345600000785", "format"), ("FIX112345600000785", "format"),
        ("FI211234560000078", "structure"), ("FI21123456000007855", "structure"),
        ("FI21123456000007A5", "structure"), ("XX2112345600000785", "country"),
        ("FI2212345600000785", "check-digits"), ("FI2112345600000786", "check-digits"),
        ("FI2121345600000785", "check-digits"), ("BE42539007547035", "check-digits"),
        ("BE41539007547134", "check-digits"), ("ä", "format"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(rule { () throws(ValidationFailure) in try IBAN(text) } == broken)
    }

    /// 97 more and 97 less satisfy the check but are never computed.
    @Test func refusesCheckDigitsOutOfTheirRange() {
        for account in 12_345_600_000_000..<12_345_600_000_200 {
            let accepted = (0...99).filter { check in
                rule { () throws(ValidationFailure) in
                    try IBAN("FI\(check < 10 ? "0" : "")\(check)\(account)")
                } == nil
            }
            #expect(accepted.count == 1)
            #expect(accepted.allSatisfy { 2...98 ~= $0 })
        }
    }

    /// Right by mod 97, wrong by the rule of the country.
    @Test(arguments: [
        ("BE", "539007547033"), ("ES", "21000418460200051332"), ("NO", "86011117948"),
        ("ME", "505000012345678952"),
    ])
    func checksNationalDigits(_ country: String, _ account: String) {
        let accepted = (2...98).filter { check in
            rule { () throws(ValidationFailure) in
                try IBAN("\(country)\(check < 10 ? "0" : "")\(check)\(account)")
            } == "national-check-digits"
        }
        #expect(accepted.count == 1)
    }
}
