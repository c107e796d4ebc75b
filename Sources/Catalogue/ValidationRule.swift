/// The rules that a value can break. The raw values are stable: they stand in error answers and in
/// the reject files of imports.
public enum ValidationRule: String, Sendable, CaseIterable {
    /// The value has the wrong JSON type.
    case type
    /// A member that must be there is missing.
    case required
    /// Nothing is left once white space is trimmed.
    case empty
    /// More characters, bytes, digits or items than the limit.
    case tooLong = "too-long"
    /// Fewer characters or digits than there must be.
    case tooShort = "too-short"
    /// A control character, a line break or a character that reorders the text.
    case controlCharacter = "control-character"
    /// The value as a whole has not the form of its type.
    case format
    /// The character between date and individual number stands for no century.
    case separator
    /// No such day in the calendar.
    case date
    /// An individual number that is never issued.
    case individualNumber = "individual-number"
    /// An individual number for tests (900–999), which the configuration does not accept.
    case artificial
    /// The check character does not fit.
    case checkCharacter = "check-character"
    /// The check digits do not fit.
    case checkDigits = "check-digits"
    /// The check digits within a national account number do not fit.
    case nationalCheckDigits = "national-check-digits"
    /// No such country code.
    case country
    /// Length or kinds of characters are not those of that country.
    case structure
    /// A postal code that the country does not use.
    case postalCode = "postal-code"
    /// A trunk prefix (0) between country calling code and number.
    case trunkPrefix = "trunk-prefix"
    /// The part of an e-mail address before the `@`.
    case localPart = "local-part"
    /// The part of an e-mail address after the `@`.
    case domain
    /// A number that is no plain decimal number.
    case number
    /// Asterisks as in a masked view, which must not be written back.
    case maskedValue = "masked-value"
    /// A field that the catalogue does not have.
    case unknownField = "unknown-field"
    /// A member that the field's type does not have.
    case unknownMember = "unknown-member"
    /// A field that records of this kind do not have.
    case kind
    /// A field that cannot be searched.
    case notSearchable = "not-searchable"
    /// A source that is none of the four.
    case source
    /// A purpose that the catalogue does not have.
    case unknownPurpose = "unknown-purpose"
    /// A purpose that does not rest on consent alone for records of this kind.
    case noConsent = "no-consent"
    /// A purpose that is not open to objection for records of this kind.
    case notObjectionable = "not-objectionable"
    /// A time that lies ahead.
    case future
    /// A time that is over.
    case past
}
