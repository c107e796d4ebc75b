import Catalogue
import KeyManagement
import Storage

/// What one erasure destroys, and the certificate that says so.
struct Erasure: Sendable {
    let certificate: [UInt8]
    /// Whether there is nothing to destroy.
    let isEmpty: Bool
    private let isWhole: Bool
    private let labels: [Int]
    private let dekIDs: [UInt64]
    private let audit: AuditRecord
    private let policyVersion: UInt64
    private let keys: KeyUse
    private let replicasOutOfReach: [String]
    private let milliseconds: Int64

    init(
        of record: borrowing OpenRecord, compartments: [String]?, reason: String,
        proof: Authorized<EraseRecord>, keys: KeyUse, vault: RecordVault
    ) throws(VaultError) {
        let all = record.box.labels
        let named = all.indices.filter { place in
            compartments?.contains(Self.compartment(of: all[place].name)) ?? true
        }
        let content = all.indices.filter { all[$0].name != RightsField.label }
        for label in named where content.contains(label) {
            try vault.checkGranted(all[label].fields, proof)
        }
        isEmpty = named.isEmpty && compartments != nil
        // What was said of a person's data goes with the last of it.
        isWhole = content.allSatisfy(named.contains)
        let labels = isWhole ? Array(all.indices) : named
        self.labels = labels
        dekIDs = labels.map { all[$0].dekID }
        policyVersion = proof.policyVersion
        self.keys = keys.sealing(under: record.segment)
        milliseconds = vault.clock.nowMilliseconds
        var audit = AuditRecord(proof, record: record.stored.id)
        audit.reason = reason
        audit.fields = labels.flatMap { all[$0].fields }
        audit.generation = isWhole ? nil : record.stored.generation + 1
        replicasOutOfReach = vault.ledger.replicasOutOfReach
        let certificate = try vault.certificate(
            of: record.stored.id, reason: reason, atMilliseconds: milliseconds,
            shredded: labels.map { all[$0].name }.sorted(), keysDestroyed: labels.count,
            replicasOutOfReach: replicasOutOfReach)
        audit.digest = certificate.digest
        self.audit = audit
        self.certificate = certificate.document
    }

    /// The commit that destroys: the ledger's entry comes before it.
    func commit(
        of record: borrowing OpenRecord, vault: RecordVault
    ) throws(VaultError) -> Commit {
        let id = record.stored.id
        var writes: [Write] = []
        let remaining = try remainingValues(of: record, vault: vault, removing: &writes)
        if isWhole {
            writes.append(
                .erase(id, tombstone: try vault.tombstone(of: id, atMilliseconds: milliseconds)))
        } else {
            writes.append(
                .replace(try remainder(of: record, values: remaining, vault: vault)))
        }
        writes.append(.markDirty(record.stored.segment, epoch: vault.keyring.kek.epoch))
        writes.append(.addCertificate(id, certificate))
        return Commit(
            mutation: Mutation(
                expectations: [.generation(id, record.stored.generation)], writes: writes,
                audit: [audit.leaf(milliseconds: milliseconds)], needsLedger: true),
            policyVersion: policyVersion, keys: keys,
            ledgerEvent: .erasure(record: id, scope: scope(of: record), dekIDs: dekIDs),
            replicasOutOfReach: replicasOutOfReach)
    }

    private func scope(of record: borrowing OpenRecord) -> ErasureScope {
        guard !isWhole else { return .whole }
        let all = record.box.labels
        return .compartments(
            Set(labels.map { Self.compartment(of: all[$0].name) }).sorted(),
            generation: record.stored.generation + 1)
    }

    /// `billing` covers `billing/2026`.
    static func compartment(of label: String) -> String { String(label.prefix { $0 != "/" }) }

    /// The index values that stay; the others leave the index.
    private func remainingValues(
        of record: borrowing OpenRecord, vault: RecordVault, removing writes: inout [Write]
    ) throws(VaultError) -> [KeyBoxDraft.Value] {
        var remaining: [KeyBoxDraft.Value] = []
        let index = vault.keyring.index(of: record.segment)
        let kept = record.box.labels.indices.filter { !labels.contains($0) }
        for place in 0..<record.box.indexValueCount {
            do throws(KeyError) {
                guard let entry = try record.box.indexValue(place) else { continue }
                if entry.label == 255, !isWhole {
                    remaining.append(KeyBoxDraft.Value(value: entry.value, field: nil))
                } else if let label = kept.firstIndex(of: entry.label) {
                    remaining.append(
                        KeyBoxDraft.Value(value: entry.value, field: (label, entry.field)))
                } else {
                    writes += index.chains(of: entry.value)
                        .map { .removeFromIndex($0, record.stored.id) }
                }
            } catch {
                throw VaultError(.notReady, detail: error.description)
            }
        }
        return remaining
    }

    /// The record without what is erased.
    private func remainder(
        of record: borrowing OpenRecord, values: [KeyBoxDraft.Value], vault: RecordVault
    ) throws(VaultError) -> StoredRecord {
        let id = record.stored.id
        guard let oldRow = record.row,
            oldRow.compartments.count == record.box.labels.count
        else { throw VaultError(.damaged, detail: "row of record \(id)") }
        let kept = record.box.labels.indices.filter { !labels.contains($0) }
        do throws(KeyError) {
            let box = try KeyBoxDraft(
                kind: record.box.kind, flags: record.box.flags,
                createdSeconds: record.box.createdSeconds, company: record.box.company,
                labels: kept.map { place in
                    let label = record.box.labels[place]
                    return KeyBoxDraft.Label(
                        name: label.name, dek: .kept(label: place), version: label.version,
                        fields: label.fields)
                },
                values: values
            ).build(keepingFrom: record.box)
            var row = RowWriter(
                vault: vault.keyring.vault, record: id, compartmentCount: kept.count)
            for place in kept {
                row.copy(oldRow.compartments[place], from: record.stored.fields)
            }
            let segment = record.segment
            let place = KeyBox.Place(
                vault: vault.keyring.vault, record: id, segment: segment.id,
                generation: record.stored.generation + 1)
            return StoredRecord(
                id: id, segment: segment.id, generation: record.stored.generation + 1,
                box: try box.seal(at: place, key: segment), fields: row.finish())
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }
}
