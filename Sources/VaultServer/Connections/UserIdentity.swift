import Glibc

/// What the user database knows of a uid.
struct UserIdentity: Sendable, Equatable {
    /// The user's name; nil for a uid without an entry.
    let name: String?
    /// All groups of the user; none for a uid without an entry.
    let groups: [UInt32]

    /// Nothing but the uid itself is known.
    static let unknown = UserIdentity(name: nil, groups: [])

    private static let bufferBytes = 64 << 10
    private static let maximumGroups = 65536

    /// Asks the user database (getpwuid_r(3), getgrouplist(3)), which may block for long.
    static func lookUp(uid: UInt32) throws(UserLookupFailed) -> UserIdentity {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bufferBytes)
        defer { buffer.deallocate() }
        guard getpwuid_r(uid, &entry, buffer.baseAddress!, buffer.count, &found) == 0 else {
            throw UserLookupFailed()
        }
        guard found != nil, let name = entry.pw_name else { return .unknown }
        return UserIdentity(
            name: String(cString: name), groups: try groups(of: name, primary: entry.pw_gid))
    }

    private static func groups(
        of name: UnsafePointer<CChar>, primary: gid_t
    ) throws(UserLookupFailed) -> [UInt32] {
        var capacity: Int32 = 64
        while capacity <= maximumGroups {
            var count = capacity
            let groups = [gid_t](unsafeUninitializedCapacity: Int(capacity)) { buffer, written in
                let result = getgrouplist(name, primary, buffer.baseAddress, &count)
                written = result < 0 ? 0 : Int(count)
            }
            if !groups.isEmpty { return groups.sorted() }
            capacity = max(count, capacity * 2)
        }
        throw UserLookupFailed()
    }
}

/// The user database did not answer.
struct UserLookupFailed: Error {}
