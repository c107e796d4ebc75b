import Catalogue
import StrictJSON

/// What a request says of when, from whom and by what proof a consent or an objection is known.
struct StatementRequest {
    /// What every such body may have.
    static let members: Set<String> = ["at", "source", "evidence"]
    private static let maximumEvidenceCharacters = 500
    /// Clocks of callers may be a little fast.
    private static let maximumLeadSeconds: Int64 = 60

    /// When, in Unix seconds; `nil`: now.
    let atSeconds: Int64?
    let source: String
    let evidence: String?

    /// Whether the body names a moment, a source or a proof.
    let isBare: Bool

    init(_ body: JSONValue, atSeconds now: Int64) throws(VaultError) {
        if let at = body["at"] {
            guard let seconds = at.text.flatMap(Timestamp.seconds) else {
                throw VaultError(.invalidValue, pointer: "/at", .date)
            }
            guard seconds <= now + Self.maximumLeadSeconds else {
                throw VaultError(.invalidValue, pointer: "/at", .future)
            }
            atSeconds = seconds
        } else {
            atSeconds = nil
        }
        source = try Self.source(body["source"])
        evidence = try Self.evidence(body["evidence"])
        isBare = body["at"] == nil && body["source"] == nil && body["evidence"] == nil
    }

    func entry<State: RightsState>(
        _ state: State, of purpose: String, by caller: Caller, atSeconds now: Int64
    ) -> RightsEntry<State> {
        RightsEntry(
            purpose: purpose, state: state, atSeconds: atSeconds ?? now, source: source,
            evidence: evidence, recordedAtSeconds: now, recordedBy: caller.principalText)
    }

    private static func source(_ json: JSONValue?) throws(VaultError) -> String {
        guard let json else { return RecordDraft.defaultSource }
        guard let text = json.text, let label = try? SourceLabel(text) else {
            throw VaultError(.invalidValue, pointer: "/source", .source)
        }
        return label.description
    }

    private static func evidence(_ json: JSONValue?) throws(VaultError) -> String? {
        guard let json else { return nil }
        guard let text = json.text else {
            throw VaultError(.invalidValue, pointer: "/evidence", .type)
        }
        do throws(ValidationFailure) {
            return try ShortText(text, maximumCharacters: maximumEvidenceCharacters).text
        } catch {
            throw VaultError(.invalidValue, failures: [error.under("/evidence")])
        }
    }
}
