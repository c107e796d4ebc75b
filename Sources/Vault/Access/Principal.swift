import Glibc

/// Whom a grant binds.
///
/// Names are resolved when granted: a user renamed or re-created later does not inherit by name.
public enum Principal: Sendable, Hashable {
    /// A user.
    case user(UInt32)
    /// Every member of a group.
    case group(UInt32)

    /// Reads `uid:N`, `gid:N`, `user:NAME` or `group:NAME`; `nil` if it is none of these or the
    /// user database doesn't know the name.
    public init?(resolving text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count <= 64 else { return nil }
        let name = String(parts[1])
        switch parts[0] {
        case "uid": guard let id = UInt32(name) else { return nil }; self = .user(id)
        case "gid": guard let id = UInt32(name) else { return nil }; self = .group(id)
        case "user": guard let id = userID(of: name) else { return nil }; self = .user(id)
        case "group": guard let id = groupID(of: name) else { return nil }; self = .group(id)
        default: return nil
        }
        if id == Caller.overflowID { return nil }
    }

    /// `uid:N` or `gid:N`.
    public var text: String {
        switch self {
        case .user(let id): "uid:\(id)"
        case .group(let id): "gid:\(id)"
        }
    }

    /// Stands for the principal where what it may is asked: a user with the groups given, or somebody
    /// of whom nothing is known but the group.
    public func caller(groups: [UInt32]) -> Caller {
        switch self {
        case .user(let id):
            Caller(uid: id, gid: groups.first ?? id, groups: groups, userName: nil, pid: 0)
        case .group(let id):
            Caller(uid: .max, gid: id, groups: [id], userName: nil, pid: 0)
        }
    }

    /// The user, if it is one.
    public var uid: UInt32? {
        if case .user(let id) = self { id } else { nil }
    }

    /// Whether a caller is this principal or belongs to it.
    func includes(_ caller: Caller) -> Bool {
        switch self {
        case .user(let id): caller.uid == id
        case .group(let id): caller.gid == id || caller.groups.contains(id)
        }
    }

    private var id: UInt32 {
        switch self {
        case .user(let id), .group(let id): id
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
