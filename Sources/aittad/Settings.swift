import VaultServer

/// What an operator can set, in `aitta.yaml`, as `AITTA_…` in the environment or by flag; the later
/// over the earlier. `aitta.example.yaml` shows every setting with its default and says what an
/// attacker would gain by a laxer one.
struct Settings: Equatable {
    /// The directory of the databases.
    var state = "/var/lib/aitta"
    /// The catalogue file; nil for the shipped catalogue.
    var catalogue: String?
    /// The socket.
    var socket = SocketFile(path: "/run/aitta/aitta.sock")
    /// What one client, or all together, may take.
    var limits = ConnectionLimits()
    /// When the audit entry of a read is safe.
    var readDurability = ReadDurability.power
    /// The file that gets the log's checkpoints.
    var witnessFile: String?
    /// The program that gets the log's checkpoints, and its arguments.
    var witnessCommand: [String]?
    /// How often, in seconds.
    var witnessIntervalSeconds = 300
    /// Directories that hold the keyring and its escrow too.
    var keyringReplicas: [String] = []
    /// Directories that hold the ledger too.
    var ledgerReplicas: [String] = []
    /// The directories that get backups.
    var backupDirectories: [String] = []
    /// How much room on the state's disk is kept for when it is full, in megabytes.
    var reserveMegabytes = 16
    /// After how many days audit entries are dropped, but for their hashes.
    var auditRetentionDays = 1826
    /// Whether henkilötunnus with individual numbers 900–999 are taken; they are made for tests.
    var acceptsArtificialHenkilotunnus = false
    /// The country calling code of phone numbers that are written without one.
    var defaultCountryCallingCode = "358"
    /// What happens to a second record of the same person.
    var duplicates = Duplicates.refuse
    /// Whether the daemon refuses to start where memory for keys can't be locked.
    var requiresLockedMemory = true
    /// The most guarded memory for keys, in bytes.
    var memoryLimitBytes = 64 << 20
    /// The least severe level that is logged.
    var logLevel = "info"
    /// Most failed verifications of one record in an hour.
    var verifyFailuresPerHour = 5
    /// The longest time after an erasure until the database's WAL is truncated, in milliseconds.
    var scrubMilliseconds = 200

    /// When the audit entry of a read is safe; writes are always safe from power loss.
    enum ReadDurability: String, CaseIterable {
        /// Synced to the disk before the answer.
        case power
        /// Written before the answer and synced within 50 ms.
        case process
    }

    /// What happens to a record whose identifier another record has.
    enum Duplicates: String, CaseIterable {
        case refuse
        case allow
    }
}
