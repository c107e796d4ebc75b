public import CoreMetrics
import Cryptography
import KeyManagement
import Storage
import Verification

/// What the vault measures of itself. No metric and no label holds an id, a name of a user or record, or
/// a value.
///
/// All instruments are made once: to count costs no allocation. Gauges are set when somebody asks.
public final class VaultMetrics: Sendable {
    /// What a caller can use up.
    public enum Budget: String, Sendable, CaseIterable {
        /// Distinct records of a grant in an hour.
        case records
        /// Searches of a grant in an hour.
        case searches
        /// Operations of a grant in an hour that destroy keys.
        case erasures
        /// Failed verifications of a record in an hour.
        case verify
    }

    /// What is measured where nobody looks.
    public static let unobserved = VaultMetrics(factory: NOOPMetricsHandler.instance)

    private let groupSize, groupEntries: Recorder
    private let syncedCommits, unsyncedCommits: Timer
    private let recordBudget, searchBudget, erasureBudget, verifyBudget: Counter
    private let logEntries, logSynced, witnessAge, isReady, answersUnderWay: Meter
    private let ledgerReplicas: [LedgerReplica.Standing: Meter]
    private let secretsInUse, secretsReserved, secretsLocked: Meter

    /// Makes the instruments.
    public init(factory: any MetricsFactory) {
        func meter(_ name: String, _ labels: [(String, String)] = []) -> Meter {
            Meter(label: name, dimensions: labels, factory: factory)
        }
        func commits(_ durability: String) -> Timer {
            Timer(
                label: "aitta_commit_seconds", dimensions: [("durability", durability)],
                factory: factory)
        }
        func refusals(_ budget: Budget) -> Counter {
            Counter(
                label: "aitta_budget_refusals_total", dimensions: [("kind", budget.rawValue)],
                factory: factory)
        }
        groupSize = Recorder(label: "aitta_commit_group_size", factory: factory)
        groupEntries = Recorder(label: "aitta_commit_group_entries", factory: factory)
        syncedCommits = commits("power")
        unsyncedCommits = commits("process")
        recordBudget = refusals(.records)
        searchBudget = refusals(.searches)
        erasureBudget = refusals(.erasures)
        verifyBudget = refusals(.verify)
        logEntries = meter("aitta_log_entries")
        logSynced = meter("aitta_log_synced")
        witnessAge = meter("aitta_log_witness_age_seconds")
        isReady = meter("aitta_vault_ready")
        answersUnderWay = meter("aitta_answers_under_way")
        ledgerReplicas = Dictionary(
            uniqueKeysWithValues: LedgerReplica.Standing.allCases.map {
                (
                    $0,
                    meter(
                        "aitta_ledger_replicas", [("state", $0.rawValue.replacing("-", with: "_"))])
                )
            })
        secretsInUse = meter("aitta_secret_memory_bytes", [("state", "in_use")])
        secretsReserved = meter("aitta_secret_memory_bytes", [("state", "reserved")])
        secretsLocked = meter("aitta_secret_memory_bytes", [("state", "locked")])
    }

    /// Notes a request that was refused because a budget is used up.
    public func noteRefusal(by budget: Budget) {
        switch budget {
        case .records: recordBudget.increment()
        case .searches: searchBudget.increment()
        case .erasures: erasureBudget.increment()
        case .verify: verifyBudget.increment()
        }
    }

    /// Notes a group that was committed.
    ///
    /// - Parameters:
    ///   - size: How many commits shared it.
    ///   - entries: How many audit entries it left.
    ///   - nanoseconds: How long it took, its sync included.
    func noteGroup(size: Int, entries: Int, durability: Durability, nanoseconds: UInt64) {
        groupSize.record(size)
        groupEntries.record(entries)
        switch durability {
        case .power: syncedCommits.recordNanoseconds(nanoseconds)
        case .process: unsyncedCommits.recordNanoseconds(nanoseconds)
        }
    }

    /// Sets the gauges to what is now.
    ///
    /// - Parameter age: Of the witness' last checkpoint; `nil`: there is no witness.
    func observe(
        log: LogTree, witnessAgeSeconds age: Double?, isReady ready: Bool,
        answersUnderWay answers: Int, ledgerReplicas replicas: [LedgerReplica]
    ) {
        witnessAge.set(age ?? .nan)
        logEntries.set(log.size)
        logSynced.set(log.head.size)
        isReady.set(ready ? 1 : 0)
        answersUnderWay.set(answers)
        for (standing, meter) in ledgerReplicas {
            meter.set(replicas.count { $0.standing == standing })
        }
        let memory = Sodium.secretMemory
        secretsInUse.set(memory.bytesInUse)
        secretsReserved.set(memory.bytesReserved)
        secretsLocked.set(memory.bytesLocked)
    }
}

extension VaultMetrics {
    /// What there is.
    public static let descriptions: [MetricDescription] = [
        MetricDescription(
            "aitta_commit_group_size", .powersOfTwo(upTo: 1024),
            "Operations that shared one commit."),
        MetricDescription(
            "aitta_commit_group_entries", .powersOfTwo(upTo: 4096),
            "Audit entries that shared one commit."),
        MetricDescription(
            "aitta_commit_seconds", .seconds,
            "How long commits took, by what they are safe from."),
        MetricDescription(
            "aitta_budget_refusals_total", .counter,
            "Requests refused because a budget was used up."),
        MetricDescription("aitta_log_entries", .gauge, "Entries of the audit log."),
        MetricDescription(
            "aitta_log_synced", .gauge, "Entries of the audit log that a power loss can't take."),
        MetricDescription(
            "aitta_log_witness_age_seconds", .gauge,
            "Age of the checkpoint that the outside witness has; +Inf: none yet, NaN: no witness."),
        MetricDescription("aitta_vault_ready", .gauge, "1 while the vault serves, else 0."),
        MetricDescription(
            "aitta_answers_under_way", .gauge, "Answers with personal data not yet delivered."),
        MetricDescription(
            "aitta_ledger_replicas", .gauge, "Replicas of the ledger, by how they stand to it."),
        MetricDescription(
            "aitta_secret_memory_bytes", .gauge, "Guarded memory for keys, by its state."),
    ]
}
