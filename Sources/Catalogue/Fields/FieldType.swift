/// The type of a field: which values it takes and how they are normalised.
public enum FieldType: String, Sendable, CaseIterable {
    /// One line of text.
    case text
    /// A plain decimal number.
    case number
    /// A calendar date, `2026-01-31`.
    case date
    /// Any JSON value but `null`, of limited size.
    case json
    /// A name: `{"given","family"}` for people, text for companies.
    case name
    /// A Finnish personal identity code.
    case henkilotunnus
    /// A Finnish business identity code.
    case ytunnus
    /// A postal address.
    case address
    /// A phone number, E.164.
    case phone
    /// An e-mail address.
    case email
    /// An international bank account number.
    case iban
    /// Payment and billing data.
    case billing
    /// An identifier that the customer's own systems gave, compared exactly.
    case reference
}

extension FieldType {
    /// Whether values of this type can be searched.
    public var canBeSearchable: Bool { self != .address && self != .json }

    /// Whether a value tells where somebody is or how to reach them there: what a protection hides
    /// (turvakielto, Act 661/2009, section 36).
    public var tellsWhereabouts: Bool { self == .address || self == .phone }

    /// Whether at most one record may have a value of this type, if the field says so.
    public var canBeUnique: Bool { canBeSearchable && self != .name && self != .billing }
}
