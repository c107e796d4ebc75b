import Catalogue
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("aino@example.fi", "aino@example.fi", "aino@example.fi"),
        (
            " Aino.Korhonen+shop@Example.FI ", "Aino.Korhonen+shop@example.fi",
            "aino.korhonen+shop@example.fi"
        ),
        (
            "o'neill_1@sub.domain.example", "o'neill_1@sub.domain.example",
            "o'neill_1@sub.domain.example"
        ),
        ("päivi@mäkelä.example", "päivi@mäkelä.example", "päivi@mäkelä.example"),
        ("PA\u{308}IVI@example.fi", "PÄIVI@example.fi", "päivi@example.fi"),
        ("a@xn--mkel-moaa.example", "a@xn--mkel-moaa.example", "a@xn--mkel-moaa.example"),
    ])
    func accepts(_ text: String, _ normalised: String, _ searched: String) throws {
        let email = try EmailAddress(text)
        #expect(email.text == normalised)
        #expect(Array(email.text.utf8) == Array(normalised.utf8))
        #expect(email.searchText == searched)
    }

    @Test(arguments: [
        ("", "empty"), ("aino", "format"), ("aino at example.fi", "format"), ("a@b@c.fi", "format"),
        ("@example.fi", "local-part"), ("a b@example.fi", "local-part"),
        (".a@example.fi", "local-part"), ("a.@example.fi", "local-part"),
        ("a..b@example.fi", "local-part"), ("\"a\"@example.fi", "local-part"),
        ("a,b@example.fi", "local-part"), ("a😀@example.fi", "local-part"),
        (String(repeating: "a", count: 65) + "@example.fi", "local-part"),
        ("a@localhost", "domain"), ("a@", "domain"), ("a@example..fi", "domain"),
        ("a@.fi", "domain"), ("a@-example.fi", "domain"), ("a@example-.fi", "domain"),
        ("a@exa_mple.fi", "domain"), ("a@example.fi.", "domain"), ("a@[10.0.0.1]", "domain"),
        ("a@10.0.0.1", "domain"), ("a@" + String(repeating: "b", count: 64) + ".fi", "domain"),
        ("a\n@example.fi", "control-character"), ("a***@example.fi", "masked-value"),
        ("a@" + String(repeating: "b.", count: 140) + "fi", "too-long"),
    ])
    func refuses(_ text: String, _ broken: String) {
        #expect(rule { () throws(ValidationFailure) in try EmailAddress(text) } == broken)
    }
}
