import CSodium

/// What to do when the kernel refuses to lock secret memory.
public enum LockedMemoryPolicy: Sendable {
    /// Fail with ``CryptographyError/memoryNotLocked``. The default.
    case require
    /// Go on. Keys may then be written to swap, where whoever gets the disk finds them.
    case permitUnlocked
}

/// Sets up libsodium and the memory that secrets live in.
public enum Sodium {
    /// Secret memory that a process may use unless told otherwise, in bytes: 8 MiB.
    public static let defaultLimitBytes = 8 << 20

    /// Initialises libsodium and the first chunk of secret memory. The first call decides the
    /// limit; calling again is harmless.
    ///
    /// - Parameters:
    ///   - lockedMemory: What to do when memory can't be locked.
    ///   - limitBytes: The most secret memory to use, in bytes, rounded down to 256 KiB, but at
    ///     least that.
    /// - Throws: `libraryUnavailable`, or `memoryNotLocked` when this call requires locked memory
    ///   and any chunk is not locked.
    public static func start(
        lockedMemory: LockedMemoryPolicy = .require, limitBytes: Int = defaultLimitBytes
    ) throws(CryptographyError) {
        guard isInitialised else { throw .libraryUnavailable }
        try SecretMemory.shared.start(lockedMemory: lockedMemory, limitBytes: limitBytes)
    }

    /// How much secret memory is in use; all zero before the start.
    public static var secretMemory: SecretMemoryStatistics { SecretMemory.shared.statistics }

    /// `sodium_init` runs once, when this is first read.
    static let isInitialised = sodium_init() >= 0
}
