import Glibc

/// Whom a grant binds.
///
/// Names are resolved when granted: a user renamed or re-created later does not inherit by name.
public enum Principal: Sendable, Hashable {
    /// A user.
    case user(UInt32)
    /// Every member of a group.
    case group(UInt32)
    /// Whoever presents a token and may.
    case token(String)

    /// Reads `uid:N`, `gid:N`, `user:NAME`, `group:NAME` or `token:NAME`; `nil` if it is none of these
    /// or the user database doesn't know the name. Whether there is such a token, the policy tells.
    public init?(resolving text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count <= 64 else { return nil }
        let name = String(parts[1])
        switch parts[0] {
        case "uid": guard let id = UInt32(name) else { return nil }; self = .user(id)
        case "gid": guard let id = UInt32(name) else { return nil }; self = .group(id)
        case "user": guard let id = userID(of: name) else { return nil }; self = .user(id)
        case "group": guard let id = groupID(of: name) else { return nil }; self = .group(id)
        case "token": guard TokenName.isValid(name) else { return nil }; self = .token(name)
        default: return nil
        }
        if id == Caller.overflowID { return nil }
    }

    /// `uid:N`, `gid:N` or `token:NAME`.
    public var text: String {
        switch self {
        case .user(let id): "uid:\(id)"
        case .group(let id): "gid:\(id)"
        case .token(let name): "token:\(name)"
        }
    }

    /// The user, if it is one.
    public var uid: UInt32? {
        if case .user(let id) = self { id } else { nil }
    }

    /// Whether a caller is this user or belongs to this group; for tokens the policy tells.
    func includes(_ caller: Caller) -> Bool {
        switch self {
        case .user(let id): caller.uid == id
        case .group(let id): caller.gid == id || caller.groups.contains(id)
        case .token: false
        }
    }

    private var id: UInt32? {
        switch self {
        case .user(let id), .group(let id): id
        case .token: nil
        }
    }
}

private func userID(of name: String) -> UInt32? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
        guard getpwnam_r(name, &entry, buffer.baseAddress!, buffer.count, &found) == 0,
            found != nil
        else { return nil }
        return entry.pw_uid
    }
}

private func groupID(of name: String) -> UInt32? {
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<group>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65536) { buffer in
        guard getgrnam_r(name, &entry, buffer.baseAddress!, buffer.count, &found) == 0,
            found != nil
        else { return nil }
        return entry.gr_gid
    }
}
