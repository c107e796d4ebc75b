import StrictJSON

extension Mask {
    /// The masked view of a normalised value, as JSON; nil where the field is withheld, which is
    /// also what becomes of a value that the mask does not understand.
    func applied(to json: [UInt8]) -> [UInt8]? {
        switch self {
        case .plain: return json
        case .hidden: return nil
        case .stars: return JSONValue.string("***").encoded()
        case .henkilotunnus: return JSONValue.string("******-****").encoded()
        default:
            guard let value = try? JSONParser.parse(json) else { return nil }
            return masked(value)?.encoded()
        }
    }

    private func masked(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .initials: Self.initials(of: value)
        case .cityAndCountry: Self.members(["city", "country"], of: value)
        case .lastTwoDigits: value.text.map { .string("***" + $0.suffix(2)) }
        case .firstLetterAndDomain: Self.firstLetterAndDomain(of: value)
        case .lastFour: Self.lastFour(of: value)
        case .plain, .hidden, .stars, .henkilotunnus: nil
        }
    }

    /// A text even for people, so that a masked name written back is refused as the wrong type.
    private static func initials(of value: JSONValue) -> JSONValue? {
        if let text = value.text { return .string(initial(of: text)) }
        let names = ["given", "family"].compactMap { value[$0]?.text }
        guard !names.isEmpty else { return nil }
        return .string(names.map(initial).joined(separator: " "))
    }

    private static func initial(of text: String) -> String { text.prefix(1) + "***" }

    private static func members(_ names: [String], of value: JSONValue) -> JSONValue? {
        guard let members = value.members else { return nil }
        return .object(members.filter { names.contains($0.name) })
    }

    private static func firstLetterAndDomain(of value: JSONValue) -> JSONValue? {
        guard let text = value.text, let at = text.lastIndex(of: "@") else { return nil }
        return .string(initial(of: text) + text[at...])
    }

    private static func lastFour(of value: JSONValue) -> JSONValue? {
        if let text = value.text { return .string("***" + text.suffix(4)) }
        guard value.members != nil else { return nil }
        guard let iban = value["iban"]?.text else { return .object([]) }
        return .object([JSONMember("iban", .string("***" + iban.suffix(4)))])
    }
}
