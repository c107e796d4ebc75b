import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Verification

extension RecordVault {
    /// A signed erasure certificate, and SHA-256 of what is signed in it, for the log.
    ///
    /// - Parameter replicasOutOfReach: The replicas of the ledger that don't get the erasure now.
    func certificate(
        of id: RecordID, reason: String, atMilliseconds milliseconds: Int64, shredded: [String],
        keysDestroyed: Int, replicasOutOfReach: [String], previous: Digest32?
    ) throws(VaultError) -> (document: [UInt8], digest: Digest32) {
        let certificate = ErasureCertificate(
            vault: keyring.vault.description, record: id.description, reason: reason,
            erasedAt: Timestamp.text(seconds: milliseconds / 1000), shredded: shredded,
            keysDestroyed: keysDestroyed, epoch: keyring.kek.epoch,
            storage: keyringStrength.rawValue,
            ledgerReplicasOutOfReach: replicasOutOfReach, previous: previous)
        return try sign(certificate)
    }

    /// A certificate's document, and SHA-256 of what is signed in it.
    func sign(
        _ certificate: ErasureCertificate
    ) throws(VaultError) -> (document: [UInt8], digest: Digest32) {
        do throws(JSONError) {
            let message = try SignedDocument.message(
                of: certificate.members, context: ErasureCertificate.context)
            let document = SignedDocument.signed(
                certificate.members, signature: keyring.certificateKey.sign(message),
                by: keyring.certificateKey.publicKey)
            return (document.encoded(), SHA256.hash(message))
        } catch {
            throw VaultError(.internal)
        }
    }

    /// An erased record's tombstone.
    func tombstone(
        of id: RecordID, atMilliseconds milliseconds: Int64
    ) throws(VaultError) -> [UInt8] {
        do throws(KeyError) {
            return try keyring.controlKey.tombstone(
                of: id, erasedAtMilliseconds: milliseconds, vault: keyring.vault)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }
}
