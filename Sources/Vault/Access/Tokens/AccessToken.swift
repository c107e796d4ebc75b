import Cryptography

/// A token that a service may present, so that services that share a uid are told apart.
///
/// Its grants apply in place of the uid's. It lies in the access policy, and of the secret only a
/// keyed hash.
public struct AccessToken: Sendable, Equatable {
    /// A UUID: a token made later under the same name is another.
    public let id: String
    /// What grants call it: `token:NAME`.
    public let name: String
    /// Who may present it.
    public let uids: [UInt32]
    /// A code, never free text.
    public let reason: String
    /// Who made it: `uid:N`.
    public let createdBy: String
    /// When, in Unix seconds.
    public let createdAtSeconds: Int64
    /// Until when it may be presented, in Unix seconds.
    public let untilSeconds: Int64?
    /// The keyed hash of its secret.
    let hash: Digest32
    /// The first of the policy's retired keys that had a part in it.
    var firstKey = 0

    /// The token by another hash of its secret.
    func hashed(_ hash: Digest32, firstKey: Int) -> AccessToken {
        AccessToken(
            id: id, name: name, uids: uids, reason: reason, createdBy: createdBy,
            createdAtSeconds: createdAtSeconds, untilSeconds: untilSeconds, hash: hash,
            firstKey: firstKey)
    }

    func isActive(at seconds: Int64) -> Bool {
        untilSeconds.map { seconds < $0 } ?? true
    }
}

/// The token under which a caller asks.
public struct CallerToken: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its id.
    let id: String
}

/// How tokens are called: as roles are, `[a-z][a-z0-9-]{0,31}`.
enum TokenName {
    static func isValid(_ name: String) -> Bool { RoleName.isValid(name) }
}
