/// Who is at the other end of the socket, as the kernel says (SO_PEERCRED) and the user database
/// completes it.
public struct Caller: Sendable, Hashable {
    /// The effective user id of the process that connected.
    public let uid: UInt32
    /// Its effective group id.
    public let gid: UInt32
    /// All groups of the user, from getgrouplist(3).
    public let groups: [UInt32]
    /// The user's name, if the user database knows one.
    public let userName: String?
    /// The process that connected: information for the audit log, never identity.
    public let pid: Int32
    /// The token that it presented, if it did.
    public let token: CallerToken?

    /// Makes a caller; only the server, from the kernel's word, and tests do.
    public init(
        uid: UInt32, gid: UInt32, groups: [UInt32], userName: String?, pid: Int32,
        token: CallerToken? = nil
    ) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.userName = userName
        self.pid = pid
        self.token = token
    }

    /// The same process, under a token.
    func presenting(_ token: CallerToken) -> Caller {
        Caller(
            uid: uid, gid: gid, groups: groups, userName: userName, pid: pid, token: token)
    }

    /// As whom it acts: `token:NAME` or `uid:N`.
    var principalText: String {
        token.map { Principal.token($0.name).text } ?? Principal.user(uid).text
    }

    /// The id that the kernel shows for users it can't map; it gets nothing.
    static let overflowID: UInt32 = 65534
}

/// Who asks, for which purpose, in which request.
public struct AccessRequest: Sendable {
    /// Who asks.
    public let caller: Caller
    /// The purpose named, if any.
    public let purpose: String?
    /// The request's id, for log, audit entry and answer.
    public let requestID: String

    /// Makes a request.
    public init(caller: Caller, purpose: String?, requestID: String) {
        self.caller = caller
        self.purpose = purpose
        self.requestID = requestID
    }
}
