/// A legal basis of processing: the points of Article 6(1) GDPR.
public enum LegalBasis: String, Sendable, CaseIterable {
    /// (a) The person has consented.
    case consent
    /// (b) A contract with the person, or steps towards one.
    case contract
    /// (c) A legal obligation of the controller.
    case legalObligation = "legal-obligation"
    /// (d) Somebody's vital interests.
    case vitalInterests = "vital-interests"
    /// (e) A task in the public interest.
    case publicTask = "public-task"
    /// (f) A legitimate interest of the controller or a third party.
    case legitimateInterest = "legitimate-interest"

    /// The point of Article 6(1), `a` to `f`.
    public var point: String {
        switch self {
        case .consent: "a"
        case .contract: "b"
        case .legalObligation: "c"
        case .vitalInterests: "d"
        case .publicTask: "e"
        case .legitimateInterest: "f"
        }
    }
}
