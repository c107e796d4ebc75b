/// How a store uses memory, connections and time.
public struct SQLiteStoreOptions: Sendable {
    /// Read-only connections that are held open; as many reads run side by side. At least 1.
    public var readerCount = 4
    /// Page cache of each reader, in KiB: filled as far as pages are read.
    public var readerCacheKibibytes = 32_768
    /// Page cache of the writer, in KiB.
    public var writerCacheKibibytes = 65_536
    /// The write-ahead log is copied into the database once it holds this many pages of 4 KiB.
    public var checkpointPages = 2000
    /// How long the writer waits for a lock that another process holds, in milliseconds.
    public var busyTimeoutMilliseconds = 5000
    /// How long `scrub` waits for a reader at most, in milliseconds.
    public var scrubTimeoutMilliseconds = 40
    /// The largest size of the database file, in bytes; `nil` for what the disk takes. Beyond it,
    /// commits fail with ``StoreError/diskFull``.
    public var maximumDatabaseBytes: Int?

    /// The defaults.
    public init() {}
}
