/// Why a proof that something is in the log does not hold.
public enum LogInclusionError: Error, Hashable, Sendable {
    /// Not of the form that docs/openapi.yaml gives, or with members that no proof has.
    case malformed
    /// A checkpoint that is not one, or that the log's key has not signed.
    case checkpoint(CheckpointError)
    /// A verifier key, beside the checkpoint, that is not the key given.
    case foreignKey
    /// A log of another vault than the certificate's.
    case foreignVault
    /// A leaf that the hashes do not lead from to the checkpoint's root.
    case notIncluded
    /// Bytes that are no entry in the known format.
    case malformedEntry
    /// An entry of something else than a successful erasure.
    case noErasure
    /// An entry of another record.
    case otherRecord
    /// An entry of another certificate.
    case otherCertificate

    /// Stable identifier for machines.
    public var code: String {
        switch self {
        case .malformed: "log_proof_malformed"
        case .checkpoint(let error): error.code
        case .foreignKey: "log_proof_foreign_key"
        case .foreignVault: "log_proof_foreign_vault"
        case .notIncluded: "log_proof_not_included"
        case .malformedEntry: "log_proof_malformed_entry"
        case .noErasure: "log_proof_no_erasure"
        case .otherRecord: "log_proof_other_record"
        case .otherCertificate: "log_proof_other_certificate"
        }
    }
}

extension LogInclusionError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .malformed: "the proof is not of the form that a vault gives"
        case .checkpoint(let error): error.description
        case .foreignKey: "the proof names another key than the log's: check the verifier key"
        case .foreignVault: "the proof is of another vault's log"
        case .notIncluded: "the entry is not in the tree that the checkpoint states"
        case .malformedEntry: "the entry is not in a format that is known here"
        case .noErasure: "the entry does not say that something was erased"
        case .otherRecord: "the entry is of another record's erasure"
        case .otherCertificate: "the entry is of another certificate"
        }
    }
}
