import CSodium
import Glibc

/// Protection of the whole process against leaking what it has in memory.
public enum ProcessHardening {
    /// One thing that is asked of the kernel.
    public enum Step: String, Hashable, Sendable {
        /// No core dumps: `setrlimit(RLIMIT_CORE)`.
        case coreLimit = "RLIMIT_CORE"
        /// Not dumpable, not traceable by others of the same user: `prctl(PR_SET_DUMPABLE)`.
        case dumpable = "PR_SET_DUMPABLE"
        /// The limit of locked memory: `getrlimit(RLIMIT_MEMLOCK)`.
        case lockedMemoryLimit = "RLIMIT_MEMLOCK"
    }

    /// What holds after ``apply()``, as read back from the kernel.
    public struct Report: Hashable, Sendable {
        /// The largest core dump, in bytes: 0.
        public let coreLimitBytes: UInt64
        /// Whether the process is dumpable: false.
        public let isDumpable: Bool
        /// How much memory may be locked, in bytes; nil for no limit.
        public let lockedMemoryLimitBytes: UInt64?
        /// The mode bits that new files never get: 0o077.
        public let umask: UInt32
    }

    /// Forbids core dumps and tracing, raises the soft limit of locked memory to the hard one, and
    /// keeps new files to their owner. To be called first, before any thread or secret.
    ///
    /// - Returns: What the kernel then says.
    /// - Throws: `processNotHardened` with the step that was refused.
    public static func apply() throws(CryptographyError) -> Report {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(coreResource, &none) == 0 else { throw .processNotHardened(.coreLimit) }
        try setDumpable(false)
        raiseLockedMemoryLimit()
        _ = Glibc.umask(0o077)

        let report = try read()
        guard report.coreLimitBytes == 0 else { throw .processNotHardened(.coreLimit) }
        guard !report.isDumpable else { throw .processNotHardened(.dumpable) }
        return report
    }

    static func setDumpable(_ isDumpable: Bool) throws(CryptographyError) {
        guard process_set_dumpable(isDumpable ? 1 : 0) == 0 else {
            throw .processNotHardened(.dumpable)
        }
    }

    /// What the kernel says now.
    ///
    /// - Throws: `processNotHardened` with the step that can't be read.
    static func read() throws(CryptographyError) -> Report {
        var core = rlimit()
        guard getrlimit(coreResource, &core) == 0 else { throw .processNotHardened(.coreLimit) }
        var locked = rlimit()
        guard getrlimit(lockedMemoryResource, &locked) == 0 else {
            throw .processNotHardened(.lockedMemoryLimit)
        }
        let dumpable = process_get_dumpable()
        guard dumpable >= 0 else { throw .processNotHardened(.dumpable) }
        return Report(
            coreLimitBytes: UInt64(core.rlim_cur),
            isDumpable: dumpable != 0,
            lockedMemoryLimitBytes: locked.rlim_cur == rlim_t.max ? nil : UInt64(locked.rlim_cur),
            umask: currentUmask())
    }

    private static let coreResource = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    private static let lockedMemoryResource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)

    /// A refusal is no failure: whether memory can be locked is checked where it is locked.
    private static func raiseLockedMemoryLimit() {
        var limit = rlimit()
        guard getrlimit(lockedMemoryResource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(lockedMemoryResource, &limit)
    }

    /// The kernel tells the mask only when it sets one.
    private static func currentUmask() -> UInt32 {
        let mask = Glibc.umask(0o077)
        _ = Glibc.umask(mask)
        return UInt32(mask)
    }
}
