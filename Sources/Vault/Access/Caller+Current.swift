import Glibc

extension Caller {
    /// The daemon itself.
    static var current: Caller {
        Caller(uid: getuid(), gid: getgid(), groups: [], userName: nil, pid: getpid())
    }
}
