public import StrictJSON

/// A postal address.
public struct PostalAddress: Sendable, Equatable {
    /// Street and number, or a post-office box.
    public let street: String
    /// A second line: c/o, floor, building.
    public let streetAdditional: String?
    /// The postal code; countries without any leave it out.
    public let postalCode: String?
    /// The post town.
    public let city: String
    /// The country, ISO 3166-1 alpha-2.
    public let country: String

    /// Reads `{"street","streetAdditional","postalCode","city","country"}`. Finnish addresses need
    /// a postal code of five digits.
    ///
    /// - Throws: `ValidationFailure` at the member at fault.
    public init(_ value: JSONValue) throws(ValidationFailure) {
        let members = try MemberReader(
            value, allowed: ["street", "streetAdditional", "postalCode", "city", "country"])
        street = try members.required("street", Self.line)
        streetAdditional = try members.optional("streetAdditional", Self.line)
        let country = try members.required("country") { (text) throws(ValidationFailure) in
            try Country(text).code
        }
        self.country = country
        let readPostalCode = { (text: String) throws(ValidationFailure) in
            try Self.postalCode(text, country: country)
        }
        postalCode =
            country == "FI"
            ? try members.required("postalCode", readPostalCode)
            : try members.optional("postalCode", readPostalCode)
        city = try members.required("city") { (text) throws(ValidationFailure) in
            try ShortText(text, maximumCharacters: 80).text
        }
    }

    private static func line(_ text: String) throws(ValidationFailure) -> String {
        try ShortText(text, maximumCharacters: 120).text
    }

    private static func postalCode(
        _ text: String, country: String
    ) throws(ValidationFailure) -> String {
        let bytes = try IdentifierText.bytes(text)
        let isValid =
            country == "FI"
            ? bytes.count == 5 && bytes.allSatisfy(\.isDigit)
            : 2...12 ~= bytes.count
                && bytes.allSatisfy {
                    $0.isDigit || $0.isUpperCaseLetter || $0 == 0x20 || $0 == UInt8(ascii: "-")
                }
        guard isValid else { throw ValidationFailure(.postalCode) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The address as JSON.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.member("street", street)
        writer.member("streetAdditional", ifPresent: streetAdditional)
        writer.member("postalCode", ifPresent: postalCode)
        writer.member("city", city)
        writer.member("country", country)
        writer.endObject()
        return writer.bytes
    }
}
