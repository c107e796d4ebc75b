import Glibc

/// The process's limit of open files (getrlimit(2)).
///
/// A server that runs out of them while it accepts a connection stops for good, so it makes sure
/// beforehand that it can't.
enum FileDescriptorLimit {
    /// Files that are open besides connections: database, keyring, ledger, event loops.
    private static let others = 256

    /// Raises the soft limit as far as the connections need.
    static func require(connections: Int) throws(SocketError) {
        let needed = rlim_t(connections + others)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SocketError("the limit of open files can't be read", errno: errno)
        }
        if limit.rlim_cur >= needed { return }
        guard limit.rlim_max >= needed else {
            throw SocketError(
                "the limit of open files is below the \(needed) that limits.connections needs",
                hint: "raise LimitNOFILE in the systemd unit, or lower limits.connections")
        }
        limit.rlim_cur = needed
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SocketError("the limit of open files can't be raised", errno: errno)
        }
    }
}
