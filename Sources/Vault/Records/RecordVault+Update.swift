import Catalogue
import KeyManagement
public import Storage
public import StrictJSON

extension RecordVault {
    /// Changes fields of a record: a JSON merge patch (RFC 7396) of `fields`.
    ///
    /// A changed compartment is sealed as a whole under its next version; one that loses a value gets
    /// a new key.
    ///
    /// - Parameter ifMatch: The version that the record must have.
    public func update(
        _ proof: Authorized<UpdateRecord>, _ id: RecordID, _ body: JSONValue, ifMatch: UInt64?
    ) async throws(VaultError) -> WrittenRecord {
        do throws(VaultError) {
            return try await attemptUpdate(proof, id, body, ifMatch: ifMatch, isDryRun: false)
        } catch {
            guard error.code != .outcomeUnknown else { throw error }
            try await recordFailure(error, of: AuditRecord(proof, record: id))
            throw error
        }
    }

    func attemptUpdate(
        _ proof: Authorized<UpdateRecord>, _ id: RecordID, _ body: JSONValue, ifMatch: UInt64?,
        isDryRun: Bool
    ) async throws(VaultError) -> WrittenRecord {
        // Before the record is looked at: what isn't granted must not tell whether it is there.
        try checkGranted(RecordUpdate.names(in: body, configuration.catalogue), proof)
        try await takeRecord(id, proof)
        return try await countingDuplicates(proof) { () throws(VaultError) in
            try await preparing { () throws(VaultError) in
                try await repeatUpdate(proof, id, body, ifMatch: ifMatch, isDryRun: isDryRun)
            }
        }
    }

    private func repeatUpdate(
        _ proof: Authorized<UpdateRecord>, _ id: RecordID, _ body: JSONValue, ifMatch: UInt64?,
        isDryRun: Bool
    ) async throws(VaultError) -> WrittenRecord {
        for _ in 0..<Self.maximumAttempts {
            let use = keyUse
            let record = try await open(live(id))
            try checkPurpose(proof.purpose, opens: record)
            let version = record.stored.generation
            if let ifMatch, ifMatch != version {
                throw Self.error(.changed(id, generation: version))
            }
            let update = try RecordUpdate(
                body, of: record, seen: seenFields(of: record, proof),
                catalogue: configuration.catalogue, settings: configuration.settings)
            if isDryRun || update.isEmpty {
                var entry = AuditRecord(proof, record: id)
                entry.reason = isDryRun ? "dry-run" : "no-change"
                try await append(entry)
                return WrittenRecord(id: id, version: version)
            }
            try checkUnheld(update.removals, of: record)
            let prepared = try update.prepare(record, keys: use, vault: self)
            var audit = AuditRecord(proof, record: id)
            audit.fields = update.names
            audit.generation = version + 1
            do throws(VaultError) {
                if update.removes {
                    audit.reason = AuditRecord.valueRemoved
                    let reservation = try await reserveErasure(proof)
                    try await commit(prepared, audit: audit, proof: proof)
                    reservation.count()
                    // The value that was removed leaves every file like an erased one.
                    commits.requestScrub()
                } else {
                    try await commit(prepared, audit: audit, proof: proof)
                }
                return WrittenRecord(id: id, version: version + 1)
            } catch {
                // Someone else's change came first; without If-Match ours comes on top of it.
                guard error.code == .versionMismatch, ifMatch == nil else { throw error }
            }
        }
        throw VaultError(.conflict, detail: "the record changes too often; try again")
    }

    /// The fields of a record that a caller may read as they are.
    private func seenFields(
        of record: borrowing OpenRecord, _ proof: Authorized<UpdateRecord>
    ) -> Set<String> {
        let shield = shield(of: record, against: proof.scope)
        return Set(
            proof.scope.fields(for: .read).filter { name, view in
                view == .plain && shield?.allowsMatching(name) ?? true
            }.keys)
    }

    func segmentKey(_ id: SegmentID) async throws(VaultError) -> SegmentKey {
        do throws(KeyError) {
            return try await segmentKeys.key(of: id)
        } catch {
            throw VaultError(
                error.code == .segmentKeyDamaged ? .damaged : .notReady, detail: error.description)
        }
    }
}
