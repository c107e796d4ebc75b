public import Catalogue
public import Storage

/// What a vault is told when it opens.
public struct VaultConfiguration: Sendable {
    /// What becomes of a person who is there already.
    public enum Duplicates: String, Sendable {
        /// 409.
        case refuse
        /// A second record.
        case allow
    }

    /// Fields, compartments and purposes.
    public var catalogue: Catalogue
    /// How values are validated.
    public var settings: CatalogueSettings
    /// Whether unique fields are.
    public var duplicates: Duplicates
    /// How surely the audit entry of a read is on disk before the answer.
    public var readDurability: Durability
    /// How long an erasure waits for answers that were under way.
    public var responseDeadlineSeconds: Int
    /// Within how many milliseconds of an erasure the write-ahead log is truncated.
    public var scrubMilliseconds: Int
    /// How many failed verifications of a record there may be in an hour.
    public var verifyFailuresPerHour: Int
    /// How long a commit waits for operations in flight, in microseconds.
    public var gatherMicroseconds: Int
    /// Who outside keeps the log's checkpoints.
    public var witness: (any CheckpointWitness)?
    /// How often it gets one, at most.
    public var witnessIntervalSeconds = 300
    /// Room on the disk for what must go on when it is full.
    public var reserve: (any DiskReserve)?
    /// After how many days audit entries are dropped, but for their hashes.
    public var auditRetentionDays = 1826
    /// How many percent of what lives one run by time may destroy without being confirmed.
    public var destructionCapPercent = 1
    /// Where the keyring lies, and what seals it.
    public var keyStorage: KeyStorage?
    /// How many entries of an index are made from the boxes at once: 28 bytes of memory each.
    var indexPartEntries = 1 << 23
    /// Called before each thing that a rotation does to the disk; it may stop it there. For tests.
    public var rotationProbe: @Sendable (RotationStep) throws -> Void = { _ in }
    /// How a deep rotation rests between two segments.
    public var rotationRest: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    /// What says where the root key comes from.
    public var rootKeyNote: (any RootKeyNote)?
    /// Called after each step of a change of it.
    public var onRootKeyStep: @Sendable (RootKeyChange.Step) -> Void = { _ in }
    /// Held while keys are being changed.
    public let keyChanges = KeyChangeLock()
    /// Where parts of backups go.
    public var backupDestinations: [any BackupDestination] = []
    /// A directory that a request names.
    public var backupDirectory: @Sendable (String) -> any BackupDestination = {
        BackupDirectory(path: $0)
    }
    /// Where a restore is rehearsed.
    public var drillGround: (any DrillGround)?
    /// Where the vault counts.
    public var metrics = VaultMetrics.unobserved

    /// The defaults.
    public init(
        catalogue: Catalogue = .shipped, settings: CatalogueSettings = CatalogueSettings(),
        duplicates: Duplicates = .refuse, readDurability: Durability = .power,
        responseDeadlineSeconds: Int = 10, scrubMilliseconds: Int = 200,
        verifyFailuresPerHour: Int = 5, gatherMicroseconds: Int = 200
    ) {
        self.catalogue = catalogue
        self.settings = settings
        self.duplicates = duplicates
        self.readDurability = readDurability
        self.responseDeadlineSeconds = responseDeadlineSeconds
        self.scrubMilliseconds = scrubMilliseconds
        self.verifyFailuresPerHour = verifyFailuresPerHour
        self.gatherMicroseconds = gatherMicroseconds
    }
}
