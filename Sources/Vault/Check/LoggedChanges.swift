import Cryptography
import Storage

/// What the audit log says of the last change of each record. Reading it verifies it, entry by entry.
struct LoggedChanges {
    /// The last change of a record that the log knows.
    struct Change {
        /// The generation of the key box after it: a row put back together with its box is older.
        let generation: UInt64
        /// SHA-256 of the sealed state after it; `nil` after a partial erasure.
        let digest: Digest32?
    }

    private static let pageCount = 10_000
    static let writing: Set<String> = [
        OperationKind.create.rawValue, OperationKind.update.rawValue, OperationKind.erase.rawValue,
        OperationKind.recordConsent.rawValue, OperationKind.recordObjection.rawValue,
        OperationKind.restrict.rawValue, OperationKind.protect.rawValue,
        OperationKind.hold.rawValue,
        Restore.acceptOperation, Restore.newerOperation,
    ]

    private var changes: [RecordID: Change] = [:]
    /// The number of the last entry that the log says has expired.
    private var expiredThrough: UInt64 = 0
    private var lastExpired: UInt64 = 0

    init(_ store: any VaultStore, _ report: inout VaultCheck.Report) async throws {
        while true {
            let page = try await store.auditEntries(after: report.logEntries, limit: Self.pageCount)
            guard let end = page.last else { break }
            for entry in page {
                if entry.number > report.logEntries + 1 {
                    report.note(
                        "log-missing",
                        "audit entries \(report.logEntries + 1) to \(entry.number - 1)")
                }
                report.logEntries = entry.number
                note(entry, &report)
            }
            report.logEntries = end.number
        }
        if lastExpired > expiredThrough {
            report.note(
                "log-altered",
                "audit entries \(expiredThrough + 1) to \(lastExpired), gone before they expired")
        }
    }

    subscript(id: RecordID) -> Change? { changes[id] }

    /// A deep rotation seals every row anew; what was logged before it says no more what lies there now.
    mutating func forgetDigests() {
        changes = changes.mapValues { Change(generation: $0.generation, digest: nil) }
    }

    private mutating func note(_ entry: AuditEntry, _ report: inout VaultCheck.Report) {
        guard !entry.leaf.isExpired else {
            report.expiredEntries += 1
            lastExpired = entry.number
            return
        }
        guard entry.leaf.isWhole, let logged = LoggedEntry(entry.leaf.entry) else {
            return report.note("log-altered", "audit entry \(entry.number)")
        }
        if logged.operation == RecordVault.expiryOperation, logged.outcome == "ok" {
            expiredThrough = max(expiredThrough, logged.generation ?? 0)
        }
        if logged.operation == OperationKind.rotateKeys.rawValue,
            logged.reason == RecordVault.resealedReason
        {
            forgetDigests()
        }
        guard logged.outcome == "ok", Self.writing.contains(logged.operation),
            let id = logged.record, let generation = logged.generation,
            generation >= changes[id]?.generation ?? 0
        else { return }
        let isErasure = logged.operation == OperationKind.erase.rawValue
        changes[id] = Change(generation: generation, digest: isErasure ? nil : logged.digest)
    }
}
