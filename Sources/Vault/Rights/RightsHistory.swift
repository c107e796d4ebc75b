import StrictJSON

/// All that a person said of consents, or of objections, in the order in which it was recorded.
struct RightsHistory<State: RightsState>: Sendable, Equatable {
    private(set) var entries: [RightsEntry<State>] = []

    /// What opens a purpose is recorded as long as there is room for what closes it.
    private static var maximumOpening: (entries: Int, bytes: Int) { (200, 32_000) }
    /// What closes a purpose is recorded as long as one sealed field can hold it.
    private static var maximumClosing: (entries: Int, bytes: Int) { (250, 49_000) }

    init() {}

    /// Reads what was sealed; `nil` when anything in it is not understood.
    init?(_ json: JSONValue) {
        guard let items = json.items else { return nil }
        for item in items {
            guard let entry = RightsEntry<State>(item) else { return nil }
            entries.append(entry)
        }
    }

    var json: JSONValue { .array(entries.map(\.json)) }

    /// What was last recorded of a purpose.
    func last(of purpose: String) -> RightsEntry<State>? {
        entries.last { $0.purpose == purpose }
    }

    /// Whether the entries open a purpose; `nil` where there is none.
    ///
    /// What was recorded last must open it, and not be older than anything that closed it: a consent on
    /// paper that is filed late does not outlive its withdrawal.
    func opens(_ purpose: String) -> Bool? {
        guard let last = last(of: purpose) else { return nil }
        return last.state == .opening
            && !entries.contains {
                $0.purpose == purpose && $0.state == .closing && $0.atSeconds > last.atSeconds
            }
    }

    /// Adds an entry; whether there was room. Nobody is kept from closing a purpose by a history that
    /// is full of the same.
    mutating func append(_ entry: RightsEntry<State>) -> Bool {
        let closes = entry.state == .closing && opens(entry.purpose) != false
        let maximum = closes ? Self.maximumClosing : Self.maximumOpening
        entries.append(entry)
        guard entries.count <= maximum.entries, json.encoded().count <= maximum.bytes else {
            entries.removeLast()
            return false
        }
        return true
    }
}
