import StrictJSON

/// Processing of a record is restricted (GDPR 18): it is stored, and reached by the rights roles alone.
struct Restriction: Sendable, Equatable {
    /// Why, as a code.
    let ground: String
    /// Since when, in Unix seconds.
    let sinceSeconds: Int64
    /// Who recorded it: `uid:N`.
    let recordedBy: String
}

extension Restriction {
    init?(_ json: JSONValue) {
        guard let ground = json["ground"]?.text,
            let since = json["since"]?.text.flatMap(Timestamp.seconds),
            let recordedBy = json["recordedBy"]?.text
        else { return nil }
        self.ground = ground
        self.recordedBy = recordedBy
        sinceSeconds = since
    }

    var json: JSONValue {
        .object([
            JSONMember("since", .string(Timestamp.text(seconds: sinceSeconds))),
            JSONMember("ground", .string(ground)), JSONMember("recordedBy", .string(recordedBy)),
        ])
    }
}
