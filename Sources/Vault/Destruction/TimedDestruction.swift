/// What time alone makes the vault destroy.
enum TimedDestruction: String, Sendable {
    /// The keys of an epoch, by a rotation that a timer asks for.
    case rotation
    /// Audit entries whose retention is over.
    case auditEntries = "audit-entries"
    /// What waited for holds that ended by themselves.
    case heldData = "held-data"
}

/// What one run would destroy.
struct DestructionRun {
    let what: TimedDestruction
    let count: Int
    /// Of how many that live; `nil`: it takes no share of anything, so that no cap bounds it.
    var living: Int?
    /// How many a preview said; `nil`: there was none.
    var previewed: Int?
}

/// Why a run waits for a person.
enum DestructionPause: Sendable, Equatable {
    /// The clock led the log's last entry, and nobody has confirmed it.
    case clock
    /// It would destroy more than its preview said.
    case preview(count: Int, limit: Int)
    /// It would destroy more than the cap allows.
    case cap(count: Int, limit: Int)
}
