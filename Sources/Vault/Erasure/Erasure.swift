import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Verification

/// What one erasure destroys, and the certificate that says so.
struct Erasure: Sendable {
    let certificate: [UInt8]
    /// Whether there is nothing to destroy.
    let isEmpty: Bool
    private let isWhole: Bool
    private let labels: [Int]
    private let dekIDs: [UInt64]
    /// What of it waits from now on; `nil`: nothing does.
    private let waiting: WaitingErasure?
    /// Whether the record says another thing of what waits than it should from now on.
    private let changesWaiting: Bool
    private let audit: AuditRecord
    private let policyVersion: UInt64?
    private let keys: KeyUse
    private let replicasOutOfReach: [String]
    private let milliseconds: Int64

    /// - Parameters:
    ///   - wanted: What is to go beside what waits; `nil`: nothing.
    ///   - previous: The digest of the record's last certificate.
    init(
        of record: borrowing OpenRecord, _ wanted: WantedErasure?, order: ErasureOrder,
        previous: Digest32?, keys: KeyUse, vault: RecordVault
    ) throws(VaultError) {
        let all = record.box.labels
        let known = try order.respectsHolds ? record.waitingErasure() : nil
        let holds = try order.respectsHolds ? record.holds() : Holds()
        // A clock that is doubted ends no hold.
        let now = vault.destruction.doubtedSince == nil ? vault.clock.nowSeconds : .min
        let compartments = all.map { Self.compartment(of: $0.name) }
        let content = all.indices.filter { all[$0].name != RightsField.label }
        for label in content where wanted?.concerns(compartments[label]) ?? false {
            try order.checkGranted(all[label].fields, vault)
        }
        let named = content.filter {
            (wanted?.concerns(compartments[$0]) ?? false)
                || (known?.compartments.contains(compartments[$0]) ?? false)
        }
        let kept = named.map { ($0, holds.keeping(compartments[$0], atSeconds: now)) }
            .filter { !$0.1.isEmpty }
        let going = named.filter { label in !kept.contains { $0.0 == label } }
        let isOfWhole = wanted.map { $0.compartments == nil } ?? false || known?.isOfWhole ?? false
        let reason = wanted?.reason ?? known?.reason ?? ""
        waiting =
            kept.isEmpty
            ? nil
            : WaitingErasure(
                compartments: Set(kept.map { compartments[$0.0] }).sorted(), isOfWhole: isOfWhole,
                reason: reason, sinceSeconds: known?.sinceSeconds ?? vault.clock.nowSeconds,
                recordedBy: wanted == nil
                    ? known?.recordedBy ?? ""
                    : order.audit(of: record.stored.id).caller.principalText)
        changesWaiting =
            order.respectsHolds
            && (waiting?.compartments != known?.compartments
                || waiting?.isOfWhole != known?.isOfWhole)
        // What was said of a person's data goes with the last of it.
        isWhole = content.allSatisfy(going.contains) && (!going.isEmpty || isOfWhole)
        isEmpty = !isWhole && going.isEmpty && !changesWaiting
        let labels = isWhole ? Array(all.indices) : going
        self.labels = labels
        dekIDs = labels.map { all[$0].dekID }
        policyVersion = order.policyVersion
        self.keys = keys.sealing(under: record.segment)
        milliseconds = vault.clock.nowMilliseconds
        var audit = order.audit(of: record.stored.id)
        audit.reason = reason
        audit.fields = labels.flatMap { all[$0].fields }
        audit.generation = isWhole ? nil : record.stored.generation + 1
        replicasOutOfReach = labels.isEmpty ? [] : vault.ledger.replicasOutOfReach
        let certificate = try vault.sign(
            ErasureCertificate(
                vault: vault.keyring.vault.description, record: record.stored.id.description,
                reason: reason, erasedAt: Timestamp.text(seconds: milliseconds / 1000),
                shredded: labels.map { all[$0].name }.sorted(),
                retained: kept.flatMap { label, holds in
                    holds.map { Self.retained(all[label].name, by: $0) }
                }, keysDestroyed: labels.count, epoch: vault.keyring.kek.epoch,
                storage: vault.keyringStrength.rawValue,
                ledgerReplicasOutOfReach: replicasOutOfReach, previous: previous))
        audit.digest = certificate.digest
        self.audit = audit
        self.certificate = certificate.document
    }

    private static func retained(
        _ label: String, by hold: Hold
    ) -> ErasureCertificate.Retained {
        ErasureCertificate.Retained(
            compartment: label, ground: hold.ground.rawValue,
            until: hold.untilSeconds.map { Timestamp.text(seconds: $0) })
    }

    /// Whether something of it waits.
    var isWaiting: Bool { waiting != nil }

    /// Whether keys are destroyed; where not, the erasure waits as a whole.
    var destroysKeys: Bool { isWhole || !labels.isEmpty }

    /// The commit that destroys: the ledger's entry comes before it.
    func commit(
        of record: borrowing OpenRecord, vault: RecordVault
    ) throws(VaultError) -> Commit {
        let id = record.stored.id
        var writes: [Write] = []
        if isWhole {
            try removeIndexEntries(of: record, vault: vault, by: &writes)
            writes.append(
                .erase(id, tombstone: try vault.tombstone(of: id, atMilliseconds: milliseconds)))
        } else {
            let remainder = try remainder(of: record, vault: vault, removing: &writes)
            writes.append(.replace(remainder))
        }
        if destroysKeys || losesWaiting(of: record) {
            writes.append(.markDirty(record.stored.segment, epoch: vault.keyring.kek.epoch))
        }
        writes.append(.addCertificate(id, certificate))
        return Commit(
            mutation: Mutation(
                expectations: [.generation(id, record.stored.generation)], writes: writes,
                audit: [audit.leaf(milliseconds: milliseconds)], needsLedger: destroysKeys),
            policyVersion: policyVersion, keys: keys,
            ledgerEvent: destroysKeys
                ? .erasure(record: id, scope: scope(of: record), dekIDs: dekIDs) : nil,
            replicasOutOfReach: destroysKeys ? replicasOutOfReach : nil,
            usesReserve: policyVersion == nil)
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

    private func removeIndexEntries(
        of record: borrowing OpenRecord, vault: RecordVault, by writes: inout [Write]
    ) throws(VaultError) {
        let index = vault.keyring.index(of: record.segment)
        for place in 0..<record.box.indexValueCount {
            do throws(KeyError) {
                guard let entry = try record.box.indexValue(place) else { continue }
                writes += index.chains(of: entry.value)
                    .map { .removeFromIndex($0, record.stored.id) }
            } catch {
                throw VaultError(.notReady, detail: error.description)
            }
        }
    }

    /// The record without what is erased, and with what waits; index entries of the former go.
    private func remainder(
        of record: borrowing OpenRecord, vault: RecordVault, removing writes: inout [Write]
    ) throws(VaultError) -> StoredRecord {
        var layout = try UpdatedLayout(of: record)
        var isWaitingNoted = !changesWaiting
        for (place, label) in record.box.labels.enumerated() where !labels.contains(place) {
            if label.name == RightsField.label, !isWaitingNoted {
                isWaitingNoted = true
                layout.reseal(
                    label, at: place, fields: noted(in: try record.fields(of: place)),
                    loses: losesWaiting(of: record))
            } else {
                layout.keep(label, at: place)
            }
        }
        if !isWaitingNoted { layout.add(RightsField.label, fields: noted(in: [])) }
        let index = vault.keyring.index(of: record.segment)
        var removed: [Write] = []
        let values = try layout.values(
            of: record, leavingOut: labels.flatMap { record.box.labels[$0].fields },
            leftOut: { value in
                removed += index.chains(of: value).map { .removeFromIndex($0, record.stored.id) }
            })
        writes += removed
        var flags = record.box.flags
        if changesWaiting {
            flags.subtract(.awaitsErasure)
            if waiting != nil { flags.insert(.awaitsErasure) }
        }
        return try layout.seal(
            record, values: values, flags: flags, vault: vault.keyring.vault)
    }

    private func noted(in fields: [FieldContent]) -> [FieldContent] {
        fields.filter { $0.name != RightsField.erasure.rawValue }
            + (waiting.map {
                [
                    FieldContent(
                        name: RightsField.erasure.rawValue, source: "", json: $0.json.encoded())
                ]
            } ?? [])
    }

    private func losesWaiting(of record: borrowing OpenRecord) -> Bool {
        changesWaiting && waiting == nil && record.box.flags.contains(.awaitsErasure)
    }
}
