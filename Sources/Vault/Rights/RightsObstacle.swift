import Catalogue
import KeyManagement

/// Why a record is closed to a purpose now.
enum RightsObstacle: Sendable, Equatable {
    /// The purpose has no legal basis for records of this kind.
    case noLegalBasis
    /// Processing of the record is restricted.
    case restricted
    /// The purpose rests on consent alone, and none stands.
    case consentMissing
    /// The person objects.
    case objectionStands
    /// The person wants all erased, and what is left is there for contract and law alone.
    case erasureWaits

    var error: VaultError {
        switch self {
        case .noLegalBasis:
            VaultError(
                .notGranted,
                detail: "this purpose has no legal basis for records of this kind")
        case .restricted: VaultError(.restricted)
        case .consentMissing:
            VaultError(.notGranted, detail: "no consent stands for this purpose")
        case .objectionStands:
            VaultError(.notGranted, detail: "an objection to this purpose stands")
        case .erasureWaits:
            VaultError(
                .notGranted,
                detail: "the record is to be erased: contract and law alone open it until then")
        }
    }
}

extension OperationKind {
    /// Whether the operation reads or changes a record's data, so that what the person said of the
    /// purpose counts.
    var needsOpenRecord: Bool {
        switch self {
        case .read, .create, .update, .search, .verify, .list, .protected: true
        case .erase, .recordConsent, .recordObjection, .readConsents, .restrict, .protect, .hold,
            .readCertificates, .manageGrants, .manageRoles, .manageTokens, .readRoles, .readAudit,
            .readStatus, .readKeys, .readMetrics, .rotateKeys, .backUp:
            false
        }
    }
}

extension OpenRecord {
    /// What closes the record to reading and changing its data for a purpose.
    func obstacle(to purpose: Purpose?) -> RightsObstacle? {
        obstacleToRecording(for: purpose) ?? obstacle(ofSubjectTo: purpose)
    }

    /// What closes it to recording consents and the like, and to erasing: not what the person said of
    /// the purpose, since they may say something else now.
    func obstacleToRecording(for purpose: Purpose?) -> RightsObstacle? {
        guard let purpose else { return nil }
        guard purpose.hasLegalBasis(for: kind) else { return .noLegalBasis }
        return isRestricted(for: purpose) ? .restricted : nil
    }

    /// What closes it but for a restriction.
    func obstacleBesideRestriction(to purpose: Purpose?) -> RightsObstacle? {
        guard let purpose else { return nil }
        guard purpose.hasLegalBasis(for: kind) else { return .noLegalBasis }
        return obstacle(ofSubjectTo: purpose)
    }

    /// Whether a restriction closes the record to a purpose: to all but those of the rights roles.
    func isRestricted(for purpose: Purpose?) -> Bool {
        guard let purpose else { return false }
        return !purpose.isForRightsOnly && isRestricted
    }

    /// What the person said against the purpose, or did not say for it.
    private func obstacle(ofSubjectTo purpose: Purpose?) -> RightsObstacle? {
        guard let purpose else { return nil }
        if purpose.requiresConsent(of: kind), !hasConsent(to: purpose.name) {
            return .consentMissing
        }
        if purpose.isOpenToObjection(for: kind), hasObjection(to: purpose.name) {
            return .objectionStands
        }
        return isErasureWaiting && !purpose.restsOnContractOrLaw(for: kind) ? .erasureWaits : nil
    }

    /// Whether the whole record is to go once nothing holds it. Where that can't be read, it is.
    private var isErasureWaiting: Bool {
        guard box.flags.contains(.awaitsErasure) else { return false }
        return (try? waitingErasure()).map { $0?.isOfWhole ?? true } ?? true
    }
}

extension RecordVault {
    /// Refuses a purpose that the record is closed to.
    func checkPurpose(
        _ purpose: Purpose?, opens record: borrowing OpenRecord
    ) throws(VaultError) {
        if let obstacle = record.obstacle(to: purpose) { throw obstacle.error }
    }

    /// Refuses a purpose for which the record's person has no say any more, or not yet.
    func checkRecording(
        for purpose: Purpose?, on record: borrowing OpenRecord
    ) throws(VaultError) {
        if let obstacle = record.obstacleToRecording(for: purpose) { throw obstacle.error }
    }

    /// Refuses a purpose for which no record of this kind can be made.
    func checkPurpose(_ purpose: Purpose?, opensNew kind: RecordKind) throws(VaultError) {
        guard let purpose else { return }
        guard purpose.hasLegalBasis(for: kind) else { throw RightsObstacle.noLegalBasis.error }
        guard !purpose.requiresConsent(of: kind) else {
            throw RightsObstacle.consentMissing.error
        }
    }
}
