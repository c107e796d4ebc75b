import Catalogue
import Storage

/// On whose word something is erased, and what the audit entry says of it.
enum ErasureOrder: Sendable {
    /// Somebody asks for it.
    case request(Authorized<EraseRecord>)
    /// It was asked for before, and somebody ended a hold that kept it.
    case holdEnded(Authorized<ManageHolds>)
    /// It was asked for before, and time ended the hold.
    case holdExpired(DestructionShare)
    /// The ledger says that it was done.
    case settlement(Authorized<EraseRecord>)

    /// Whether holds keep anything from it: what was destroyed once is destroyed again, whatever holds it now.
    var respectsHolds: Bool {
        if case .settlement = self { false } else { true }
    }

    /// Refuses a field that the grant doesn't cover; what waited was granted when it was asked for.
    func checkGranted(_ fields: [String], _ vault: RecordVault) throws(VaultError) {
        if case .request(let proof) = self { try vault.checkGranted(fields, proof) }
    }

    /// The version of the policy that it rests on.
    var policyVersion: UInt64? {
        switch self {
        case .request(let proof), .settlement(let proof): proof.policyVersion
        case .holdEnded(let proof): proof.policyVersion
        case .holdExpired: nil
        }
    }

    func audit(of record: RecordID) -> AuditRecord {
        let operation = OperationKind.erase.rawValue
        return switch self {
        case .request(let proof), .settlement(let proof): AuditRecord(proof, record: record)
        case .holdEnded(let proof):
            AuditRecord(
                caller: proof.caller, requestID: proof.requestID, purpose: proof.purpose?.name,
                operation: operation, record: record)
        case .holdExpired:
            AuditRecord(
                caller: .current, requestID: "maintenance", purpose: nil, operation: operation,
                record: record)
        }
    }
}
