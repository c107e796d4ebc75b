import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Verification

extension RecordVault {
    private static var certifyCount: Int { 64 }

    /// Signs and logs that the erasures from before the cutoff have reached every copy; then the ledger
    /// says that the rotation is final.
    func certifyFinality() async throws(RotationStop) {
        guard let begun = ledger.rotations.begun else { return }
        let settled = ledger.rotations.settledByBegun
        try enter(.certifyFinality, total: settled.count)
        var certificates: [Commit] = []
        var records: Set<RecordID> = []
        for (done, entry) in settled.enumerated() {
            guard case .erasure(let id, _, let dekIDs) = entry.event else { continue }
            // Which of a record's erasures comes next is told by the certificates that are there.
            if certificates.count == Self.certifyCount || records.contains(id) {
                try await commitCertificates(certificates)
                certificates = []
                records = []
                rotation.noteDone(done)
            }
            guard
                let certificate = try await certificate(
                    of: id, keysDestroyed: dekIDs.count, entry)
            else { continue }
            certificates.append(certificate)
            records.insert(id)
        }
        try await commitCertificates(certificates)
        try checkpoint(.certifyFinality)
        let entry = rotationEntry("certified")
        try await commitRotation(
            Commit(
                mutation: Mutation(
                    audit: [entry.leaf(milliseconds: clock.nowMilliseconds)], needsLedger: true),
                ledgerEvent: .rotationFinal(
                    epoch: begun.epoch, generation: keyring.generation, cutoff: begun.cutoff),
                hasOwnGroup: true))
    }

    private func commitCertificates(_ certificates: [Commit]) async throws(RotationStop) {
        try checkpoint(.certifyFinality)
        for case .failed(let error) in await commits.commit(certificates) {
            throw .failed(VaultError(error))
        }
    }

    /// The commit of an erasure's certificate of finality; `nil` where that is there already.
    private func certificate(
        of id: RecordID, keysDestroyed: Int, _ entry: LedgerEntry
    ) async throws(RotationStop) -> Commit? {
        let known = try await reading { () throws(StoreError) in
            try await store.certificates(of: id)
        }.compactMap { try? JSONParser.parse($0.body) }
        let finals = known.filter { $0["final"]?.flag == true }
        guard !finals.contains(where: { $0["ledgerEntry"]?.text == String(entry.number) }) else {
            return nil
        }
        let destroying = known.filter { $0["final"]?.flag == false && !$0.destroyedNothing }
        let first = destroying.amended.dropFirst(finals.count).first ?? destroying.last
        let certificate = ErasureCertificate(
            vault: keyring.vault.description, record: id.description,
            reason: first?["reason"]?.text ?? "ledger-settlement",
            erasedAt: Timestamp.text(seconds: entry.milliseconds / 1000),
            shredded: first?["shredded"]?.items?.compactMap(\.text) ?? [],
            retained: first.flatMap { ErasureCertificate($0) }?.retained ?? [],
            keysDestroyed: keysDestroyed, epoch: keyring.kek.epoch - 1,
            storage: keyringStrength.rawValue,
            ledgerReplicasOutOfReach: ledger.replicasOutOfReach,
            previous: known.last.flatMap(ErasureCertificate.digest),
            finality: ErasureCertificate.Finality(
                epoch: keyring.kek.epoch,
                at: Timestamp.text(seconds: clock.nowSeconds), ledgerEntry: entry.number,
                places: 1 + (configuration.keyStorage?.replicas.count ?? 0)))
        let (document, digest): ([UInt8], Digest32)
        do throws(VaultError) {
            (document, digest) = try sign(certificate)
        } catch {
            throw .failed(error)
        }
        var audit = AuditRecord(
            caller: .current, requestID: "rotation", purpose: nil,
            operation: Self.finalityOperation,
            record: id)
        audit.digest = digest
        return Commit(
            mutation: Mutation(
                writes: [.addCertificate(id, document)],
                audit: [audit.leaf(milliseconds: clock.nowMilliseconds)]),
            usesReserve: true)
    }

    /// The operation of the entry that a certificate of finality has in the log.
    static var finalityOperation: String { "certify-finality" }
}

extension JSONValue {
    /// Whether a certificate says that all of an erasure waits: the ledger has no entry for it.
    fileprivate var destroyedNothing: Bool { self["shredded"]?.items?.isEmpty ?? false }
}

extension [JSONValue] {
    /// First certificates, one for each erasure: of one and those that amend it, the last.
    fileprivate var amended: [JSONValue] {
        let facts = ["record", "reason", "erasedAt", "shredded", "keysDestroyed", "epoch"]
        return indices.filter { place in
            let next = place + 1
            return next == endIndex || facts.contains { self[place][$0] != self[next][$0] }
        }.map { self[$0] }
    }
}
