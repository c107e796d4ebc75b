/// Values of records, valid and each used once.
struct MatrixValues {
    /// A field's value: as JSON to send, what a search for it takes, and the answer's two views.
    struct Value: Sendable {
        let plain: String
        let masked: String
        /// What a search takes.
        let search: String
        /// Text that stands in the plain view and nowhere else.
        let mark: String
    }

    private var number: Int

    init(after number: Int = 0) {
        self.number = number
    }

    mutating func next(_ field: String, _ kind: CatalogueFacts.RecordKind) -> Value {
        number += 1
        switch field {
        case "name" where kind == .company: return text("Firma \(letters)", masked: "F***")
        case "name":
            let family = "Korho\(letters)"
            let name = #"{"given":"Aino","family":"\#(family)"}"#
            return Value(plain: name, masked: #""A*** K***""#, search: name, mark: family)
        case "reference":
            let reference = "WC-\(100_000 + number)"
            return text(reference, masked: reference)
        case "ytunnus":
            let ytunnus = self.ytunnus()
            return text(ytunnus, masked: ytunnus)
        case "henkilotunnus":
            let day = 10 + number / 100 % 19
            let birth = "\(day)\(10 + number / 1900 % 3)\(50 + number / 5700)"
            return text(
                Identifiers.henkilotunnus(birth: birth, individual: 900 + number % 100),
                masked: "******-****")
        case "address":
            let street = "Vasarakatu \(100_000 + number)"
            let city = #""city":"Jyväskylä","country":"FI""#
            let address = #"{"street":"\#(street)","postalCode":"40320",\#(city)}"#
            return Value(plain: address, masked: "{\(city)}", search: address, mark: street)
        case "phone":
            let phone = "+35840\(1_000_000 + number)"
            return text(phone, masked: "***" + phone.suffix(2))
        case "email": return text("a\(letters)@example.fi", masked: "a***@example.fi")
        case "billing":
            let iban = Identifiers.iban("123456\(1_000_000 + number)")
            return Value(
                plain: #"{"method":"invoice","iban":"\#(iban)"}"#,
                masked: #"{"iban":"***\#(iban.suffix(4))"}"#, search: #""\#(iban)""#, mark: iban)
        default: preconditionFailure("the catalogue has no other field")
        }
    }

    private func text(_ text: String, masked: String) -> Value {
        Value(plain: #""\#(text)""#, masked: #""\#(masked)""#, search: #""\#(text)""#, mark: text)
    }

    private var letters: String {
        String(String(100_000 + number).map { "abcdefghij"[$0.wholeNumberValue ?? 0] })
    }

    /// Digits whose sum leaves 1 have no check digit.
    private mutating func ytunnus() -> String {
        while true {
            let ytunnus = Identifiers.ytunnus(String(1_000_000 + number))
            if ytunnus.utf8.count == 9 { return ytunnus }
            number += 1
        }
    }
}

extension String {
    fileprivate subscript(place: Int) -> Character { self[index(startIndex, offsetBy: place)] }
}
