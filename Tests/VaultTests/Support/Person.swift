import StrictJSON

/// A customer to be made; numbers make all values differ.
enum Person {
    /// A person with all fields.
    static func body(_ number: Int) throws -> JSONValue {
        try json(
            """
            {"kind":"person","reference":"WC-\(number)","fields":{
            "name":{"given":"Aino Maria","family":"Korhonen\(letters(number))"},
            "henkilotunnus":"\(henkilotunnus(number))",
            "address":{"street":"Vasarakatu \(number)","postalCode":"40320","city":"Jyväskylä",\
            "country":"FI"},
            "phone":"\(phone(number))","email":"\(email(number))",
            "billing":{"method":"invoice","iban":"FI2112345600000785"}}}
            """)
    }

    /// A person with a name alone.
    static func bare(_ number: Int) throws -> JSONValue {
        try json(
            """
            {"kind":"person","fields":{"name":{"given":"Onni","family":"Mäki\(letters(number))"}}}
            """)
    }

    static func company(_ number: Int) throws -> JSONValue {
        try json(
            """
            {"kind":"company","reference":"C-\(number)",\
            "fields":{"name":"Esimerkki \(letters(number)) Oy","phone":"\(phone(number))"}}
            """)
    }

    static func contact(_ number: Int, of company: String) throws -> JSONValue {
        try json(
            """
            {"kind":"contact","company":"\(company)","fields":{
            "name":{"given":"Eeva","family":"Virta\(letters(number))"},\
            "email":"\(email(number))"}}
            """)
    }

    static func phone(_ number: Int) -> String { "+35840\(1_000_000 + number)" }

    static func email(_ number: Int) -> String { "customer\(number)@example.fi" }

    /// An artificial henkilötunnus (individual numbers 900–999) that belongs to nobody.
    static func henkilotunnus(_ number: Int, separator: Character = "-") -> String {
        let day = number / 100 % 28 + 1
        let month = number / 2800 % 12 + 1
        let year = number / 33_600 % 100
        let date = padded(day) + padded(month) + padded(year)
        let individual = 900 + number % 100
        let remainder = ((Int(date) ?? 0) * 1000 + individual) % 31
        let check = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")[remainder]
        return "\(date)\(separator)\(individual)\(check)"
    }

    private static func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    /// The number in letters, since names hold no digits as a rule.
    private static func letters(_ number: Int) -> String {
        String(String(number).utf8.map { Character(Unicode.Scalar($0 + 49)) })
    }
}
