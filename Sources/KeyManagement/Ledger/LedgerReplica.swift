/// Another directory that holds the ledger, best another machine's mount.
public struct LedgerReplica: Sendable, Equatable {
    /// How it stands to the ledger.
    public enum Standing: String, Sendable, CaseIterable {
        /// It holds every entry.
        case current
        /// It can't be read or written, or lacks entries: it gets them once it can be written again.
        case outOfReach = "out-of-reach"
        /// It is damaged, or another vault's: it is left as it is until somebody takes it away.
        case damaged
        /// It has entries that the ledger lacks, or others in their places: one of both was put back from
        /// an older copy.
        case conflicting
    }

    /// The directory, as it is configured.
    public let directory: String
    /// How it stands to the ledger.
    public internal(set) var standing = Standing.outOfReach
    /// The last entry that it is known to hold; `nil`: nothing is known.
    public internal(set) var lastNumber: UInt64?
    /// Whether it lies on another file system than the ledger; what doesn't is lost with it.
    public internal(set) var isElsewhere = false
}
