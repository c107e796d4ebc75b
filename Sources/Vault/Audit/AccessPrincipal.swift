/// Whose entries are looked for in the audit log.
///
/// Unlike a grant's principal, a name is not resolved: the log is asked under which name the user
/// database knew the caller then, whoever has the name or the uid now.
public enum AccessPrincipal: Sendable, Equatable {
    /// The uid that the kernel gave.
    case uid(UInt32)
    /// The name that the uid had at the time.
    case user(String)
    /// The token under which the caller asked.
    case token(String)

    private static let maximumNameBytes = 64

    /// Reads `uid:N`, `user:NAME` or `token:NAME`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, 1...Self.maximumNameBytes ~= parts[1].utf8.count else { return nil }
        switch parts[0] {
        case "uid": guard let id = UInt32(parts[1]) else { return nil }; self = .uid(id)
        case "user": self = .user(String(parts[1]))
        case "token": self = .token(String(parts[1]))
        default: return nil
        }
    }

    /// `uid:N`, `user:NAME` or `token:NAME`.
    public var text: String {
        switch self {
        case .uid(let id): "uid:\(id)"
        case .user(let name): "user:\(name)"
        case .token(let name): "token:\(name)"
        }
    }

    /// Whether an entry is this principal's.
    func made(_ entry: LoggedEntry) -> Bool {
        switch self {
        case .uid(let id): entry.uid == id
        case .user(let name): entry.user.map { $0.utf8.elementsEqual(name.utf8) } ?? false
        case .token(let name): entry.token.map { $0.utf8.elementsEqual(name.utf8) } ?? false
        }
    }
}
