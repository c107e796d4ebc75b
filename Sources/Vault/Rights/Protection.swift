import StrictJSON

/// A person's whereabouts are protected until a day (turvakielto, Act 661/2009, section 36).
struct Protection: Sendable, Equatable {
    /// Until when, in Unix seconds; from then on it is not in effect.
    let untilSeconds: Int64
    /// Since when, in Unix seconds.
    let sinceSeconds: Int64
    /// Who recorded it: `uid:N`.
    let recordedBy: String
}

extension Protection {
    init?(_ json: JSONValue) {
        guard let until = json["until"]?.text.flatMap(Timestamp.seconds),
            let since = json["since"]?.text.flatMap(Timestamp.seconds),
            let recordedBy = json["recordedBy"]?.text
        else { return nil }
        self.recordedBy = recordedBy
        untilSeconds = until
        sinceSeconds = since
    }

    var json: JSONValue {
        .object([
            JSONMember("until", .string(Timestamp.text(seconds: untilSeconds))),
            JSONMember("since", .string(Timestamp.text(seconds: sinceSeconds))),
            JSONMember("recordedBy", .string(recordedBy)),
        ])
    }
}
