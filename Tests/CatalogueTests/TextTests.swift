import Catalogue
import StrictJSON
import Testing

@Suite struct TextTests {
    @Test func trimsAndComposes() throws {
        let text = try ShortText(" \u{A0}\ta\u{308}iti \u{3000}", maximumCharacters: 4).text
        #expect(Array(text.utf8) == Array("\u{E4}iti".utf8))
        #expect(Array(text.utf8) != Array("a\u{308}iti".utf8))
    }

    @Test(arguments: [
        ("", "empty"), (" \n\u{2003}", "empty"), ("a\nb", "control-character"),
        ("a\u{0}b", "control-character"), ("a\u{7F}b", "control-character"),
        ("a\u{85}b", "control-character"), ("a\u{202E}b", "control-character"),
        ("a\u{2028}b", "control-character"), ("a\u{200B}b", "control-character"),
        ("a\u{2066}b", "control-character"), ("a\u{FFFF}b", "control-character"),
        ("\u{FEFF}ab", "control-character"), ("abcdefghi", "too-long"),
        ("ääääääääää", "too-long"), ("a" + String(repeating: "\u{301}", count: 40), "too-long"),
        (String(repeating: "a", count: 1 << 20), "too-long"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(
            rule { () throws(ValidationFailure) in
                try ShortText(text, maximumCharacters: 8)
            } == broken)
    }

    @Test func countsCharactersNotBytes() throws {
        #expect(try ShortText("ääääääää", maximumCharacters: 8).text == "ääääääää")
    }

    @Test(arguments: [
        ("1", "1"), ("-0", "0"), ("1.50", "1.5"), ("1.00", "1"), ("-0.0", "0"), ("100", "100"),
        ("0.10", "0.1"), ("12345678901234567890123456789012", "12345678901234567890123456789012"),
    ])
    func normalisesNumbers(_ literal: String, _ normalised: String) throws {
        #expect(try Number(.number(literal)).literal == normalised)
    }

    @Test func refusesOtherNumbers() {
        for value in [
            JSONValue.number("1e5"), .number("1E5"), .number(String(repeating: "1", count: 33)),
        ] {
            #expect(rule { () throws(ValidationFailure) in try Number(value) } == "number")
        }
        #expect(rule { () throws(ValidationFailure) in try Number(.string("1")) } == "type")
    }

    @Test(arguments: [
        ("2026-01-31", nil), (" 2024-02-29 ", nil), ("2000-02-29", nil), ("1900-02-29", "date"),
        ("2026-02-29", "date"), ("2026-13-01", "date"), ("2026-00-01", "date"),
        ("2026-01-00", "date"), ("0000-01-01", "date"), ("2026-1-31", "format"),
        ("31.1.2026", "format"), ("2026-01-31T00:00:00Z", "format"), ("", "empty"),
    ])
    func dates(_ text: String, _ broken: String?) {
        #expect(rule { () throws(ValidationFailure) in try CalendarDate(text) } == broken)
    }

    @Test func countries() throws {
        #expect(try Country(" fi ").code == "FI")
        #expect(try Country("AX").code == "AX")
        for text in ["FIN", "Suomi", "XX", "UK", "EU", "F", "ﬁ", "ß"] {
            #expect(rule { () throws(ValidationFailure) in try Country(text) } == "country")
        }
    }

    @Test(arguments: ["subject", "company-contact", "authority:dvv", "third-party:credit-bureau-1"])
    func acceptsSources(_ text: String) throws {
        #expect(try SourceLabel(text).description == text)
    }

    @Test(arguments: [
        "", "Subject", "authority", "authority:", "authority:DVV", "authority:a b", "other:x",
        "subject:x", "third-party:ä", "authority:" + String(repeating: "a", count: 33),
    ])
    func refusesSources(_ text: String) {
        #expect(rule { () throws(ValidationFailure) in try SourceLabel(text) } == "source")
    }
}
