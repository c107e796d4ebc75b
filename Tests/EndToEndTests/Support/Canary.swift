import StrictJSON
import Testing

/// Values that nothing else in the world has, one for each field, and for places where no value
/// belongs.
enum Canary {
    static let henkilotunnus = Identifiers.henkilotunnus(birth: "070977", individual: 943)
    static let ytunnus = Identifiers.ytunnus("8361947")

    /// Every value, under a name that may be shown.
    static let values: [(name: String, bytes: [UInt8])] = [
        ("given name", "Kanarianlinnunsulka"), ("family name", "Räystäskourunperä"),
        ("reference", "KANARIA-77415"), ("henkilötunnus", henkilotunnus),
        ("street", "Keltasirkunkatu 4417"), ("city", "Kanarianvaara"),
        ("phone", "+358407741193"), ("phone as sent", "+358 40 774 1193"),
        ("e-mail", "kanarianlintu@keltasirkku.example"),
        ("IBAN", Identifiers.iban("8317264905518")),
        ("e-invoice address", "003783619474417"), ("e-invoice operator", "KANAFIHH"),
        ("source", "kanarianlinnunlahde"), ("company name", "Keltasirkkutarha Oy"),
        ("Y-tunnus", ytunnus), ("company reference", "KANARIA-99102"),
        ("contact's given name", "Sirkkuliisa"), ("contact's family name", "Häkkilintunen"),
        ("contact's e-mail", "hakkilintunen@keltasirkku.example"),
        ("changed family name", "Muuttolintunen"), ("changed city", "Pesäpuunkylä"),
        ("wrong value", "eikuulutahan@misplaced.example"),
        ("path", "kanaria-polulla"), ("query", "kanaria-kyselyssa"),
        ("header's name", "x-kanaria-otsakkeessa"), ("header", "kanaria-arvona"),
        ("purpose", "kanaria-tarkoituksena"), ("token", "kanaria-poletti"),
        ("member's name", "kanariaJasenena"), ("field's name", "kanariaKenttana"),
        ("malformed JSON", "kanaria-rikkinainen"), ("method", "KANARIAMETODI"),
        ("malformed head", "kanaria-rikkopaa"), ("reason", "Kanaria on syy"),
    ].map { ($0.0, Array($0.1.utf8)) }

    static func value(_ name: String) -> String {
        values.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    struct Records {
        let person: String
        let company: String
        let contact: String
    }

    static func create(in vault: TestVault) throws -> Records {
        let person = try vault.create(
            """
            {"kind":"person","reference":"\(value("reference"))",
             "source":"third-party:\(value("source"))","fields":{
             "name":{"given":"\(value("given name"))","family":"\(value("family name"))"},
             "henkilotunnus":"\(henkilotunnus)",
             "address":{"street":"\(value("street"))","postalCode":"99871",
              "city":"\(value("city"))","country":"FI"},
             "phone":"\(value("phone as sent"))","email":"\(value("e-mail"))",
             "billing":\(billing)}}
            """)
        let company = try vault.create(
            """
            {"kind":"company","reference":"\(value("company reference"))","fields":{
             "name":"\(value("company name"))","ytunnus":"\(ytunnus)",
             "address":{"street":"\(value("street"))","postalCode":"99871",
              "city":"\(value("city"))","country":"FI"},"billing":\(billing)}}
            """)
        let contact = try vault.create(
            """
            {"kind":"contact","company":"\(company)","fields":{
             "name":{"given":"\(value("contact's given name"))",
              "family":"\(value("contact's family name"))"},
             "phone":"\(value("phone"))","email":"\(value("contact's e-mail"))"}}
            """)
        return Records(person: person, company: company, contact: contact)
    }

    private static var billing: String {
        """
        {"method":"invoice","iban":"\(value("IBAN"))",
         "eInvoiceAddress":"\(value("e-invoice address"))",
         "eInvoiceOperator":"\(value("e-invoice operator"))"}
        """
    }
}
