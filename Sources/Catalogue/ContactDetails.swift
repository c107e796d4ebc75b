/// Who to turn to, as reports and certificates print it.
public struct ContactDetails: Sendable, Equatable {
    /// The name of the organisation or person.
    public let name: String
    /// The business identity code.
    public let ytunnus: String?
    /// The postal address in one line.
    public let address: String?
    /// The phone number as it is to be printed.
    public let phone: String?
    /// The e-mail address.
    public let email: String?
}
