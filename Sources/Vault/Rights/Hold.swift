import StrictJSON

/// Why compartments of a record must stay, though their subject wants them erased (GDPR 17(3)).
public enum HoldGround: String, Sendable, CaseIterable {
    /// A law says how long (GDPR 17(3)(b)).
    case legalObligation = "legal-obligation"
    /// A contract with the subject that is not yet performed (GDPR 6(1)(b)).
    case contract
    /// A claim to be made, exercised or defended (GDPR 17(3)(e)).
    case legalClaim = "legal-claim"
}

/// That compartments of a record must not be erased, for a time.
struct Hold: Sendable, Equatable {
    /// By which it is set again and ended.
    let name: String
    /// What it keeps; `nil`: everything.
    let compartments: [String]?
    let ground: HoldGround
    /// The statute, agreement or claim, in words.
    let basis: String
    /// When it ends by itself, in Unix seconds; `nil`: when somebody ends it.
    let untilSeconds: Int64?
    /// Since when, in Unix seconds.
    let sinceSeconds: Int64
    /// Who recorded it: `uid:N`.
    let recordedBy: String

    func isActive(atSeconds now: Int64) -> Bool { untilSeconds.map { now < $0 } ?? true }

    func keeps(_ compartment: String) -> Bool { compartments?.contains(compartment) ?? true }

    /// Whether another keeps the same, for the same reason and as long.
    func says(_ other: Hold) -> Bool {
        compartments == other.compartments && ground == other.ground && basis == other.basis
            && untilSeconds == other.untilSeconds
    }
}

extension Hold {
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.text, let compartments = json["compartments"],
            let ground = json["ground"]?.text.flatMap(HoldGround.init(rawValue:)),
            let basis = json["basis"]?.text, let until = json["until"],
            let since = json["since"]?.text.flatMap(Timestamp.seconds),
            let recordedBy = json["recordedBy"]?.text
        else { return nil }
        if compartments.isNull {
            self.compartments = nil
        } else {
            guard let items = compartments.items else { return nil }
            let names = items.compactMap(\.text)
            guard names.count == items.count else { return nil }
            self.compartments = names
        }
        if until.isNull {
            untilSeconds = nil
        } else {
            guard let seconds = until.text.flatMap(Timestamp.seconds) else { return nil }
            untilSeconds = seconds
        }
        self.name = name
        self.ground = ground
        self.basis = basis
        self.recordedBy = recordedBy
        sinceSeconds = since
    }

    /// The hold as it is sealed, and as the interface shows it.
    var json: JSONValue {
        .object([
            JSONMember("name", .string(name)),
            JSONMember(
                "compartments", compartments.map { .array($0.map(JSONValue.string)) } ?? .null),
            JSONMember("ground", .string(ground.rawValue)),
            JSONMember("basis", .string(basis)),
            JSONMember(
                "until", untilSeconds.map { .string(Timestamp.text(seconds: $0)) } ?? .null),
            JSONMember("since", .string(Timestamp.text(seconds: sinceSeconds))),
            JSONMember("recordedBy", .string(recordedBy)),
        ])
    }
}

/// All holds of a record, in the order of their names.
struct Holds: Sendable, Equatable {
    static let maximum = 32

    private(set) var all: [Hold] = []

    init() {}

    /// Reads what was sealed; `nil` when anything in it is not understood.
    init?(_ json: JSONValue) {
        guard let items = json.items else { return nil }
        all = items.compactMap(Hold.init)
        guard all.count == items.count else { return nil }
    }

    var json: JSONValue { .array(all.map(\.json)) }

    subscript(name: String) -> Hold? { all.first { $0.name == name } }

    /// What keeps a compartment at a moment.
    func keeping(_ compartment: String, atSeconds now: Int64) -> [Hold] {
        all.filter { $0.isActive(atSeconds: now) && $0.keeps(compartment) }
    }

    /// Sets a hold, in the place of one of its name; whether there was room.
    mutating func set(_ hold: Hold) -> Bool {
        remove(hold.name)
        guard all.count < Self.maximum else { return false }
        let place = all.firstIndex { $0.name > hold.name } ?? all.endIndex
        all.insert(hold, at: place)
        return true
    }

    mutating func remove(_ name: String) { all.removeAll { $0.name == name } }
}
