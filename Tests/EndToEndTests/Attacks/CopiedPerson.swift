import StrictJSON
import Testing

/// A person of whom every value is theirs alone, and whose henkilötunnus is one of 898 that only
/// chance tells apart: those of a day between 1800 and 1850, none of which was ever given to anybody.
struct CopiedPerson {
    let henkilotunnus: String
    /// The request that makes the record, `{}` in the place of the henkilötunnus.
    let body: String
    let email: String
    let iban: String
    var id = ""

    init(_ number: Int, using random: inout some RandomNumberGenerator) {
        func digits(_ count: Int) -> String {
            (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        }
        func two(_ range: ClosedRange<Int>) -> String {
            let value = Int.random(in: range, using: &random)
            return (value < 10 ? "0" : "") + String(value)
        }
        let birth = two(1...28) + two(1...12) + two(0...50)
        henkilotunnus = Identifiers.henkilotunnus(
            birth: birth, individual: Int.random(in: 2...899, using: &random)
        ).replacing("-", with: "+")
        email = "henkilo\(number).\(digits(8))@example.fi"
        iban = Identifiers.iban(digits(13))
        body = """
            {"kind":"person","reference":"WC-\(number)-\(digits(6))","fields":{\
            "name":{"given":"Etunimi\(digits(8))","family":"Sukunimi\(digits(8))"},\
            "henkilotunnus":"{}","email":"\(email)","phone":"+358401\(digits(6))",\
            "address":{"street":"Katu \(digits(8))","postalCode":"40320","city":"Jyväskylä",\
            "country":"FI"},"billing":{"method":"invoice","iban":"\(iban)"}}}
            """
    }

    /// Makes the record.
    mutating func create(on connection: HTTPConnection, key: String) throws {
        let made = try connection.ask(
            "POST", "/v1/records", purpose: "order", headers: [("Idempotency-Key", key)],
            json: body.replacing("{}", with: henkilotunnus))
        try #require(made.status == 201, "\(made.text)")
        id = try #require(made.json["id"]?.text)
    }

    /// What the attack is told to guess.
    var guess: JSONValue {
        .object([
            JSONMember("record", .string(id)),
            JSONMember("henkilotunnus", .string(henkilotunnus)),
            JSONMember("body", .string(body)),
        ])
    }
}
