import Cryptography
import KeyManagement
import Storage

/// The erasure of a record whose key box doesn't open.
///
/// Box and ciphertext go like any other's. Its index entries can't be named without the box: they
/// stay, point to nothing and are passed over, until `aittad check --rebuild-index`.
struct DamagedErasure: Sendable {
    let commit: Commit
    let certificate: [UInt8]

    init(
        of stored: StoredRecord, reason: String, proof: Authorized<EraseRecord>,
        previous: Digest32?, keys: KeyUse, vault: RecordVault
    ) throws(VaultError) {
        let now = vault.clock.nowMilliseconds
        let replicasOutOfReach = vault.ledger.replicasOutOfReach
        let certificate = try vault.certificate(
            of: stored.id, reason: reason, atMilliseconds: now, shredded: ["all"],
            keysDestroyed: 0, replicasOutOfReach: replicasOutOfReach, previous: previous)
        var audit = AuditRecord(proof, record: stored.id)
        audit.reason = reason
        audit.digest = certificate.digest
        self.certificate = certificate.document
        commit = Commit(
            mutation: Mutation(
                expectations: [.generation(stored.id, stored.generation)],
                writes: [
                    .erase(
                        stored.id,
                        tombstone: try vault.tombstone(of: stored.id, atMilliseconds: now)),
                    .markDirty(stored.segment, epoch: vault.keyring.kek.epoch),
                    .addCertificate(stored.id, certificate.document),
                ],
                audit: [audit.leaf(milliseconds: now)], needsLedger: true),
            policyVersion: proof.policyVersion, keys: keys,
            ledgerEvent: .erasure(record: stored.id, scope: .whole, dekIDs: []),
            replicasOutOfReach: replicasOutOfReach)
    }
}
