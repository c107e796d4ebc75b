import KeyManagement
import Storage

/// One operation's part in a group, as the vault hands it to its commit queue.
struct Commit: Sendable {
    /// What the store is to check, write and log.
    var mutation: Mutation
    /// The policy version that the operation was authorised under; `nil` for the vault's own work.
    var policyVersion: UInt64?
    /// Records whose content is about to be answered: none may have changed since `readSequence`.
    var reads: [RecordID] = []
    /// The queue's sequence before the records were read.
    var readSequence: UInt64 = 0
    /// The keys that it was prepared with; `nil` for what seals nothing and looks nothing up.
    var keys: KeyUse?
    /// How surely it must be on disk.
    var durability = Durability.power
    /// What the ledger must hold before the group commits.
    var ledgerEvent: LedgerEvent?
    /// The replicas of the ledger that its certificate says not to get the event; `nil`: it says nothing.
    var replicasOutOfReach: [String]?
    /// A change of the policy or of keys has a group of its own: what follows it is checked against it.
    var hasOwnGroup = false
    /// Whether it may use the disk reserve although it tells the ledger nothing: the vault's own work, and
    /// what protects people.
    var usesReserve = false
    /// Runs once the group is durable, before any caller of it is answered.
    var effect: (@Sendable () -> Void)?

    /// Whether it is carried out on a full disk too: erasures and changes of the policy tell the ledger.
    var mayUseReserve: Bool { usesReserve || ledgerEvent != nil }
}

/// What became of a commit.
enum CommitResult: Sendable {
    /// `entry` is the number of its first audit entry.
    case committed(entry: UInt64)
    case rejected(Rejection)
    /// The policy changed since the operation was authorised: authorise again.
    case policyChanged
    /// A record changed since it was read: read again.
    case recordChanged
    /// The keys changed since it was prepared, or the replicas within reach: prepare it again.
    case keysChanged
    case failed(StoreError)
}
