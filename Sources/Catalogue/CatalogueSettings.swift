/// Settings of the daemon that decide which values are valid.
public struct CatalogueSettings: Sendable, Equatable {
    /// Whether henkilötunnus with the artificial individual numbers 900–999 are accepted. They
    /// belong to nobody: in production, whoever may write could fill the vault with invented people.
    public var acceptArtificialHenkilotunnus: Bool
    /// The country calling code of phone numbers in national form, without `+`.
    public var defaultCountryCallingCode: String

    /// Makes settings; by default artificial henkilötunnus are refused and phones are Finnish.
    public init(
        acceptArtificialHenkilotunnus: Bool = false, defaultCountryCallingCode: String = "358"
    ) {
        self.acceptArtificialHenkilotunnus = acceptArtificialHenkilotunnus
        self.defaultCountryCallingCode = defaultCountryCallingCode
    }
}
