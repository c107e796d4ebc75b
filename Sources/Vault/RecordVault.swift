public import KeyManagement
import Storage
import Synchronization

/// The vault: every operation on records, and what each needs.
///
/// Read this file first. An operation takes proof of authorisation, reads and opens what it needs,
/// seals what it writes, and hands one ``Commit`` to the queue: checks, writes and audit entry, all or
/// nothing. It answers when its group is on disk.
///
/// | operation | file |
/// |---|---|
/// | authorise | `Access/RecordVault+Authorize.swift` |
/// | create, update, batch | `Records/RecordVault+Create.swift`, `+Update`, `+Batch` |
/// | read | `Records/RecordVault+Read.swift` |
/// | search, verify, contacts | `Search/` |
/// | erase, certificates | `Erasure/` |
/// | rotate keys | `Rotation/` |
/// | what time alone may destroy | `Destruction/` |
/// | consents, objections, restriction, protection, holds | `Rights/` |
/// | grants, roles, tokens | `Access/RecordVault+Grants.swift`, `Access/Tokens/` |
/// | audit entries, histories, breach scopes, status | `Audit/` |
/// | what is done without being asked | `RecordVault+Maintenance.swift` |
/// | metrics | `Metrics/` |
public final class RecordVault: Sendable {
    /// The answers that are under way; the server begins a ticket for each that carries personal data.
    public let answers = AnswerRegistry()

    let keys: LiveKeys
    let store: any VaultStore
    let ledger: Ledger
    let configuration: VaultConfiguration
    let clock: any WallClock
    let authoriser: Authoriser
    let commits: CommitQueue
    let log: LogTree
    let logStanding: LogStanding
    let segmentKeys: SegmentKeyCache
    let segments: SegmentAllocator
    let verifyLimiter: VerifyLimiter
    let budgets: AccessBudgets
    let refusals: RefusalSummary
    let overBudget: RefusalSummary
    let witnessing: LogWitnessing
    let rotation = RotationRunner()
    let destruction: DestructionGuard
    let backups: BackupService
    /// How often the log was restarted: after a restore, or when an older database was accepted.
    let logRestarts: Int
    let startedAtMilliseconds: Int64
    let health: VaultHealth
    /// Whether a breach scope is being made, which takes memory.
    let isScoping = Atomic(false)
    /// How many protections end within ``ProtectionReminder/horizonDays``; `nil` until they are counted.
    let endingProtections = Mutex<Int?>(nil)
    /// When audit entries are next looked at for their expiry, in Unix milliseconds.
    let nextExpiryMilliseconds = Atomic<Int64>(0)
    /// When replicas that lack something are next looked at, in Unix milliseconds.
    let nextReplicationMilliseconds = Atomic<Int64>(0)
    /// Whether replicas get what they lack right now.
    let isReplicating = Atomic(false)
    /// When what waited for holds is looked for next, in Unix milliseconds.
    let nextReleaseMilliseconds = Atomic<Int64>(0)
    /// Whether that goes on right now.
    let isReleasing = Atomic(false)
    private let isDraining = Atomic(false)

    init(
        keyring: Keyring, vaultBox: VaultBox, store: any VaultStore, ledger: Ledger,
        configuration: VaultConfiguration, clock: any WallClock, policy: AccessPolicy,
        commits: CommitQueue, log: LogTree, logStanding: LogStanding, health: VaultHealth,
        entries: [LedgerEntry],
        lastSegment: StoredSegment?, recordsInLast: Int, destruction: DestructionGuard
    ) throws(KeyError) {
        keys = LiveKeys(keyring: keyring, vaultBox: vaultBox)
        self.store = store
        self.ledger = ledger
        self.configuration = configuration
        self.clock = clock
        self.commits = commits
        self.log = log
        self.logStanding = logStanding
        authoriser = Authoriser(policy: policy, catalogue: configuration.catalogue, clock: clock)
        segmentKeys = SegmentKeyCache(store: store) { [keys] in keys.current.keyring }
        segments = try SegmentAllocator(
            keys: keys, store: store, cache: segmentKeys, commits: commits,
            lastSegment: lastSegment, recordsInLast: recordsInLast)
        verifyLimiter = VerifyLimiter(
            failuresPerWindow: configuration.verifyFailuresPerHour, clock: clock,
            metrics: configuration.metrics)
        budgets = AccessBudgets(clock: clock)
        refusals = RefusalSummary(clock: clock)
        overBudget = RefusalSummary(clock: clock)
        witnessing = LogWitnessing(
            witness: configuration.witness, intervalSeconds: configuration.witnessIntervalSeconds)
        backups = BackupService(lastKeysPart: entries.lastKeysPart?.number ?? 0)
        logRestarts = entries.logRestarts
        startedAtMilliseconds = clock.nowMilliseconds
        self.destruction = destruction
        self.health = health
    }

    /// The vault's id.
    public var id: VaultID { keyring.vault }

    /// Whether the vault answers.
    public var readiness: Readiness {
        if isDraining.load(ordering: .relaxed) { return .notReady(reason: "draining") }
        return switch health.current {
        case nil: .ready
        case .outcomeUnknown: .notReady(reason: "outcome-unknown")
        case .diskFull: .notReady(reason: "disk-full")
        default: .notReady(reason: "audit-not-writable")
        }
    }

    /// Finishes what is under way, removes what was deleted from every file, hands the last checkpoint
    /// to the outside witness, and closes.
    public func shutDown() async {
        isDraining.store(true, ordering: .relaxed)
        await backups.stop()
        await rotation.cancel()
        await logRefusals(isLast: true)
        try? await storeClockDoubt()
        await commits.stop()
        guard health.current != .outcomeUnknown else { return }
        await witnessLog()
        await store.close()
    }
}

/// Whether a vault answers.
public enum Readiness: Sendable, Equatable {
    case ready
    /// A stable reason: `sealed`, `draining`, `outcome-unknown`, `disk-full`, `audit-not-writable`.
    case notReady(reason: String)
}
