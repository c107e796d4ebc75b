import Catalogue
import Cryptography
import Storage

/// One entry of the audit log: who did what to which record, for which purpose, with what outcome.
/// Names and ids only, never a value (docs/FORMAT.md, "Audit entries").
struct AuditRecord: Sendable {
    /// The outcome of what was done.
    static let success = "ok"
    /// The reason of an update that took a value away, and its key with it.
    static let valueRemoved = "value-removed"

    let caller: Caller
    let requestID: String
    let purpose: String?
    let operation: String
    var record: RecordID?
    var fields: [String] = []
    var outcome = success
    var generation: UInt64?
    var reason: String?
    var count: Int?
    /// SHA-256 of what a write left behind: sealed box and row, or the certificate's signed bytes.
    var digest: Digest32?
    /// The token that somebody presented who may not.
    var refusedToken: String?

    init(
        caller: Caller, requestID: String, purpose: String?, operation: String,
        record: RecordID? = nil
    ) {
        self.caller = caller
        self.requestID = requestID
        self.purpose = purpose
        self.operation = operation
        self.record = record
    }

    init<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, record: RecordID? = nil
    ) {
        self.init(
            caller: proof.caller, requestID: proof.requestID, purpose: proof.purpose?.name,
            operation: Operation.kind.rawValue, record: record)
    }
}
