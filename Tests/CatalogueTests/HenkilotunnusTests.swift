import Catalogue
import Testing

@Suite struct HenkilotunnusTests {
    /// 131052-308T is the example of the public authorities; the others are artificial.
    @Test(arguments: [
        ("131052-308T", "131052-308T"), (" 131052-308t\u{A0}\n", "131052-308T"),
        ("131052Y308T", "131052Y308T"), ("131052x308T", "131052X308T"),
        ("131052W308T", "131052W308T"), ("131052V308T", "131052V308T"),
        ("131052U308T", "131052U308T"), ("131052+308T", "131052+308T"),
        ("131052A308T", "131052A308T"), ("131052B308T", "131052B308T"),
        ("131052C308T", "131052C308T"), ("131052d308t", "131052D308T"),
        ("131052E308T", "131052E308T"), ("131052F308T", "131052F308T"),
        ("131052\u{2013}308T", "131052-308T"), ("200681-9155", "200681-9155"),
    ])
    func accepts(_ text: String, _ normalised: String) throws {
        #expect(try Henkilotunnus(text, acceptArtificial: true).text == normalised)
    }

    @Test(arguments: [
        ("", "empty"), ("   ", "empty"), ("131052-308", "format"), ("131052-308TT", "format"),
        ("131052 -308T", "format"), ("131052308T", "format"), ("1310S2-308T", "format"),
        ("131052-3O8T", "format"), ("131052-308Ä", "format"), ("131052-308\u{FF34}", "format"),
        ("131052G308T", "separator"), ("131052Z308T", "separator"), ("131052=308T", "separator"),
        ("1310520308T", "separator"), ("310252-308Y", "date"), ("001052-308T", "date"),
        ("131352-308T", "date"), ("290201-300X", "date"), ("131052-308U", "check-character"),
        ("131052-308G", "check-character"), ("131052-000S", "individual-number"),
        ("131052-001T", "individual-number"), (String(repeating: "1", count: 500), "too-long"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(
            rule { () throws(ValidationFailure) in
                try Henkilotunnus(text, acceptArtificial: true)
            } == broken)
    }

    @Test func leapDaysDependOnTheCentury() {
        // Neither 1800 nor 1900 had a 29 February, 2000 had one.
        let check = Self.checkCharacter("290200", "300")
        for (separator, broken) in [("+", "date"), ("-", "date"), ("A", nil)] {
            #expect(
                rule { () throws(ValidationFailure) in
                    try Henkilotunnus("290200\(separator)300\(check)", acceptArtificial: false)
                } == broken)
        }
    }

    @Test func individualNumbersFrom2To899AreIssued() {
        for individual in 0...999 {
            let digits = String(repeating: "0", count: 3 - "\(individual)".count) + "\(individual)"
            let text = "010190-\(digits)\(Self.checkCharacter("010190", digits))"
            func broken(_ acceptArtificial: Bool) -> String? {
                rule { () throws(ValidationFailure) in
                    try Henkilotunnus(text, acceptArtificial: acceptArtificial)
                }
            }
            #expect(broken(true) == (individual < 2 ? "individual-number" : nil))
            let expected =
                switch individual {
                case ..<2: "individual-number"
                case 900...: "artificial"
                default: String?.none
                }
            #expect(broken(false) == expected)
        }
    }

    @Test func everyOtherCheckCharacterIsRefused() {
        let accepted = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".filter { character in
            rule { () throws(ValidationFailure) in
                try Henkilotunnus("131052-308\(character)", acceptArtificial: false)
            } == nil
        }
        #expect(accepted == "T")
    }

    private static func checkCharacter(_ date: String, _ individual: String) -> Character {
        let characters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")
        return characters[(Int(date + individual) ?? 0) % 31]
    }
}
