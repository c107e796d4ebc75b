/// A purpose for which personal data is processed.
public struct Purpose: Sendable, Equatable {
    /// The name that callers give in `Aitta-Purpose`.
    public let name: String
    /// The legal bases for each kind of record; no basis, no access.
    public let legalBases: [RecordKind: [LegalBasis]]
    /// Whether only the roles that handle people's rights may use it.
    public let isForRightsOnly: Bool

    init(_ name: String, _ legalBases: [RecordKind: [LegalBasis]], isForRightsOnly: Bool = false) {
        self.name = name
        self.legalBases = legalBases
        self.isForRightsOnly = isForRightsOnly
    }

    init(_ name: String, _ legalBases: LegalBasis..., isForRightsOnly: Bool = false) {
        self.init(
            name,
            Dictionary(uniqueKeysWithValues: RecordKind.allCases.map { ($0, legalBases) }),
            isForRightsOnly: isForRightsOnly)
    }

    /// Whether records of a kind may be reached for it at all.
    public func hasLegalBasis(for kind: RecordKind) -> Bool {
        !legalBases[kind, default: []].isEmpty
    }

    /// Whether it opens every record, whatever anybody said: a legal basis for each kind, and neither
    /// consent nor objection.
    public var opensEveryRecord: Bool {
        RecordKind.allCases.allSatisfy {
            hasLegalBasis(for: $0) && !requiresConsent(of: $0) && !isOpenToObjection(for: $0)
        }
    }

    /// Whether the record's subject may object (GDPR 21(1): processing under points (e) and (f)).
    public func isOpenToObjection(for kind: RecordKind) -> Bool {
        legalBases[kind, default: []].contains { $0 == .legitimateInterest || $0 == .publicTask }
    }

    /// Whether a contract or a law is among its bases, so that it goes on while an erasure waits
    /// (GDPR 17(3)).
    public func restsOnContractOrLaw(for kind: RecordKind) -> Bool {
        legalBases[kind, default: []].contains { $0 == .contract || $0 == .legalObligation }
    }

    /// Whether consent is the only basis, so that the purpose stands and falls with it.
    public func requiresConsent(of kind: RecordKind) -> Bool {
        legalBases[kind] == [.consent]
    }
}
