public import StrictJSON

/// A consent given or withdrawn.
public typealias Consent = RightsEntry<ConsentState>
/// An objection made or lifted.
public typealias Objection = RightsEntry<ObjectionState>

/// One entry of a history of consents or objections.
public struct RightsEntry<State: RightsState>: Sendable, Equatable {
    /// The purpose that it is about.
    public let purpose: String
    /// What the person said.
    public let state: State
    /// When they did, in Unix seconds.
    public let atSeconds: Int64
    /// From whom the vault knows it: `subject`, `third-party:<code>`, …
    public let source: String
    /// What proves it, in words.
    public let evidence: String?
    /// When it was recorded, in Unix seconds.
    public let recordedAtSeconds: Int64
    /// Who recorded it: `uid:N`.
    public let recordedBy: String

    /// Whether another entry says the same.
    func says(_ other: RightsEntry) -> Bool {
        purpose == other.purpose && state == other.state && atSeconds == other.atSeconds
            && source == other.source && evidence == other.evidence
    }
}

extension RightsEntry {
    init?(_ json: JSONValue) {
        guard let purpose = json["purpose"]?.text,
            let state = json["state"]?.text.flatMap(State.init(rawValue:)),
            let at = json["at"]?.text.flatMap(Timestamp.seconds),
            let source = json["source"]?.text,
            let recordedAt = json["recordedAt"]?.text.flatMap(Timestamp.seconds),
            let recordedBy = json["recordedBy"]?.text
        else { return nil }
        self.purpose = purpose
        self.state = state
        self.source = source
        self.recordedBy = recordedBy
        atSeconds = at
        recordedAtSeconds = recordedAt
        evidence = json["evidence"]?.text
    }

    /// The entry as it is sealed, and as the interface shows it.
    public var json: JSONValue {
        var members = [
            JSONMember("purpose", .string(purpose)), JSONMember("state", .string(state.rawValue)),
            JSONMember("at", .string(Timestamp.text(seconds: atSeconds))),
            JSONMember("source", .string(source)),
        ]
        if let evidence { members.append(JSONMember("evidence", .string(evidence))) }
        members.append(
            JSONMember("recordedAt", .string(Timestamp.text(seconds: recordedAtSeconds))))
        members.append(JSONMember("recordedBy", .string(recordedBy)))
        return .object(members)
    }
}
