import Glibc

/// The socket in the file system: who may open it.
///
/// The socket is bound under umask 0077 and opened to others only once its group and mode are set.
/// Hummingbird unlinks whatever socket lies at the path, even one that a live daemon serves: only
/// who holds the lock on the vault's state may start a server.
public struct SocketFile: Sendable, Equatable {
    /// Its path.
    public let path: String
    /// The permissions that it gets, such as 0o660.
    public let mode: UInt32
    /// The group that it gets; nil leaves the daemon's.
    public let group: String?

    private static let maximumPathBytes = 107

    /// Describes a socket.
    public init(path: String, mode: UInt32 = 0o660, group: String? = nil) {
        self.path = path
        self.mode = mode
        self.group = group
    }

    /// Refuses a path that others could put a socket of their own at: its directory must be
    /// writable by its owner alone, and the owner must be root or the daemon's user. A sticky
    /// directory, such as /tmp, will do.
    func checkDirectory() throws(SocketError) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= Self.maximumPathBytes else {
            throw SocketError("socket.path must be absolute and at most 107 bytes long")
        }
        var status = stat()
        guard stat(directory, &status) == 0 else {
            throw SocketError("the directory of socket.path can't be read", errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SocketError("the directory of socket.path is no directory")
        }
        let isSticky = status.st_mode & S_ISVTX != 0
        guard isSticky || status.st_mode & 0o022 == 0 else {
            throw SocketError(
                "the directory of socket.path is writable by others",
                hint: "chmod go-w the directory")
        }
        guard isSticky || [0, geteuid()].contains(status.st_uid) else {
            throw SocketError("the directory of socket.path belongs to another user")
        }
    }

    /// Gives the bound socket its group and then its mode.
    func open() throws(SocketError) {
        if let group {
            guard let id = groupID(group) else {
                throw SocketError("socket.group names no group that exists")
            }
            guard lchown(path, uid_t.max, id) == 0 else {
                throw SocketError(
                    "the socket can't be given to socket.group", errno: errno,
                    hint: "the daemon's user must belong to the group")
            }
        }
        guard chmod(path, mode & 0o777) == 0 else {
            throw SocketError("the socket's mode can't be set", errno: errno)
        }
    }

    /// Removes the socket of a server that has stopped.
    func remove() {
        unlink(path)
    }

    private var directory: String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

private func groupID(_ name: String) -> gid_t? {
    if let id = UInt32(name) { return id }
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<group>?
    let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 64 << 10)
    defer { buffer.deallocate() }
    guard getgrnam_r(name, &entry, buffer.baseAddress!, buffer.count, &found) == 0, found != nil
    else { return nil }
    return entry.gr_gid
}
