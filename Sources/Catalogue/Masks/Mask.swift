/// What a masked read shows of a field. No mask tells the length of what it hides.
public enum Mask: String, Sendable, CaseIterable {
    /// The value as it is.
    case plain
    /// Nothing: the field is withheld.
    case hidden
    /// `***`, whatever the value.
    case stars
    /// First letters: `A*** K***`.
    case initials
    /// `******-****`, whatever the henkilötunnus.
    case henkilotunnus
    /// City and country of an address.
    case cityAndCountry = "city-and-country"
    /// The last two digits of a phone number: `***67`.
    case lastTwoDigits = "last-two-digits"
    /// First letter and domain of an e-mail address: `a***@example.fi`.
    case firstLetterAndDomain = "first-letter-and-domain"
    /// The last four characters of an IBAN: `***0785`.
    case lastFour = "last-four"
}

extension Mask {
    /// Whether the mask can be applied to values of `type`. A henkilötunnus may be hidden but never
    /// shown (Data Protection Act 1050/2018, section 29).
    func fits(_ type: FieldType) -> Bool {
        switch self {
        case .hidden, .stars: true
        case .plain: type != .henkilotunnus
        case .initials: type == .name || type == .text
        case .henkilotunnus: type == .henkilotunnus
        case .cityAndCountry: type == .address
        case .lastTwoDigits: type == .phone
        case .firstLetterAndDomain: type == .email
        case .lastFour: type == .iban || type == .billing
        }
    }
}
