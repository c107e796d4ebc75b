import StrictJSON

/// What of an erasure waits for holds to end: it goes on when they do.
struct WaitingErasure: Sendable, Equatable {
    /// What is to go and is held, by the names of compartments; what comes later in others is no part of it.
    let compartments: [String]
    /// Whether the whole record was to go.
    let isOfWhole: Bool
    /// A code.
    let reason: String
    /// When it was asked for first, in Unix seconds.
    let sinceSeconds: Int64
    /// Who asked for it last: `uid:N`.
    let recordedBy: String
}

extension WaitingErasure {
    init?(_ json: JSONValue) {
        guard let items = json["compartments"]?.items, let isOfWhole = json["whole"]?.flag,
            let reason = json["reason"]?.text,
            let since = json["since"]?.text.flatMap(Timestamp.seconds),
            let recordedBy = json["recordedBy"]?.text
        else { return nil }
        compartments = items.compactMap(\.text)
        guard compartments.count == items.count else { return nil }
        self.isOfWhole = isOfWhole
        self.reason = reason
        self.recordedBy = recordedBy
        sinceSeconds = since
    }

    var json: JSONValue {
        .object([
            JSONMember("compartments", .array(compartments.map(JSONValue.string))),
            JSONMember("whole", .bool(isOfWhole)),
            JSONMember("reason", .string(reason)),
            JSONMember("since", .string(Timestamp.text(seconds: sinceSeconds))),
            JSONMember("recordedBy", .string(recordedBy)),
        ])
    }
}
