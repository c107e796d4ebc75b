/// The states that the entries of a history have, for each purpose.
public protocol RightsState: RawRepresentable<String>, CaseIterable, Sendable, Equatable {
    /// The state that opens the purpose.
    static var opening: Self { get }
    /// The state that closes it.
    static var closing: Self { get }
}

/// Whether a person has consented (GDPR 7).
public enum ConsentState: String, RightsState {
    case given
    case withdrawn

    /// A consent opens a purpose.
    public static let opening = ConsentState.given
    /// Its withdrawal closes it (GDPR 7(3)).
    public static let closing = ConsentState.withdrawn
}

/// Whether a person objects (GDPR 21).
public enum ObjectionState: String, RightsState {
    case stands
    case lifted

    /// A purpose is open again once the objection is lifted.
    public static let opening = ObjectionState.lifted
    /// An objection closes it.
    public static let closing = ObjectionState.stands
}
