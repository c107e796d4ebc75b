public import StrictJSON

/// Payment and billing data.
public struct Billing: Sendable, Equatable {
    /// How the customer pays: a code such as `invoice`, `e-invoice` or `card`.
    public let method: String?
    /// The customer's account, without separators.
    public let iban: String?
    /// The address for electronic invoices: OVT code, IBAN or the operator's own form.
    public let eInvoiceAddress: String?
    /// The operator of that address: its BIC or OVT code.
    public let eInvoiceOperator: String?
    /// What the customer wants printed on invoices.
    public let reference: String?

    /// Reads `{"method","iban","eInvoiceAddress","eInvoiceOperator","reference"}`, any of them.
    ///
    /// - Throws: `ValidationFailure` at the member at fault; rule `empty` where there is none.
    public init(_ value: JSONValue) throws(ValidationFailure) {
        let members = try MemberReader(
            value, allowed: ["method", "iban", "eInvoiceAddress", "eInvoiceOperator", "reference"])
        method = try members.optional("method", Self.code)
        iban = try members.optional("iban") { (text) throws(ValidationFailure) in
            try IBAN(text).text
        }
        eInvoiceAddress = try members.optional("eInvoiceAddress", Self.electronicAddress)
        eInvoiceOperator = try members.optional("eInvoiceOperator", Self.electronicAddress)
        reference = try members.optional("reference") { (text) throws(ValidationFailure) in
            try ShortText(text, maximumCharacters: 80).text
        }
        guard
            [method, iban, eInvoiceAddress, eInvoiceOperator, reference].contains(where: {
                $0 != nil
            })
        else { throw ValidationFailure(.empty) }
    }

    /// `[A-Za-z0-9][A-Za-z0-9_-]{0,31}`
    private static func code(_ text: String) throws(ValidationFailure) -> String {
        let text = try ShortText(text, maximumCharacters: 32).text
        let isValid = text.utf8.enumerated().allSatisfy { position, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "-"), UInt8(ascii: "_"): position > 0
            default: false
            }
        }
        guard isValid else { throw ValidationFailure(.format) }
        return text
    }

    /// Three to 35 letters, digits and `: . _ -`; spaces are taken out.
    private static func electronicAddress(_ text: String) throws(ValidationFailure) -> String {
        var bytes = try IdentifierText.bytes(text)
        bytes.removeAll { $0 == 0x20 }
        guard 3...35 ~= bytes.count,
            bytes.allSatisfy({ $0.isDigit || $0.isUpperCaseLetter || ":._-".utf8.contains($0) })
        else { throw ValidationFailure(.format) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The data as JSON.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("method", ifPresent: method)
        writer.member("iban", ifPresent: iban)
        writer.member("eInvoiceAddress", ifPresent: eInvoiceAddress)
        writer.member("eInvoiceOperator", ifPresent: eInvoiceOperator)
        writer.member("reference", ifPresent: reference)
        writer.endObject()
        return writer.bytes
    }
}
