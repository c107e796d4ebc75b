import Catalogue
import KeyManagement
import Storage
import StrictJSON

extension RecordVault {
    /// Changes a record's rights compartment: it is sealed as a whole under its next version, the box
    /// under its next generation, and the audit entry names that and the digest of both.
    ///
    /// What closes a purpose, or hides a field, is answered once no answer from before is under way.
    ///
    /// - Parameter change: What changes, given the record as it is; `nil`: nothing.
    func changeRights<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, _ id: RecordID,
        change: (borrowing OpenRecord) throws(VaultError) -> RightsChange?
    ) async throws(VaultError) -> WrittenRecord {
        try await takeRecord(id, proof)
        do throws(VaultError) {
            return try await preparing { () throws(VaultError) in
                try await attemptRightsChange(proof, id, change: change)
            }
        } catch {
            guard error.code != .outcomeUnknown else { throw error }
            try await recordFailure(error, of: AuditRecord(proof, record: id))
            throw error
        }
    }

    private func attemptRightsChange<Operation: VaultOperation>(
        _ proof: Authorized<Operation>, _ id: RecordID,
        change: (borrowing OpenRecord) throws(VaultError) -> RightsChange?
    ) async throws(VaultError) -> WrittenRecord {
        for _ in 0..<Self.maximumAttempts {
            let use = keyUse
            let record = try await open(live(id))
            try checkRecording(for: proof.purpose, on: record)
            let version = record.stored.generation
            var audit = AuditRecord(proof, record: id)
            guard let change = try change(record) else {
                audit.reason = "no-change"
                try await append(audit)
                return WrittenRecord(id: id, version: version)
            }
            let prepared = try change.prepare(record, keys: use, vault: self)
            audit.fields = [change.logged.field]
            audit.reason = change.logged.reason
            audit.generation = version + 1
            do throws(VaultError) {
                try await commit(
                    prepared, audit: audit, proof: proof, usesReserve: change.closes)
            } catch {
                guard error.code == .versionMismatch else { throw error }
                continue
            }
            if change.removes { commits.requestScrub() }
            if change.closes {
                await answers.drain(deadlineSeconds: configuration.responseDeadlineSeconds)
            }
            return WrittenRecord(id: id, version: version + 1)
        }
        throw VaultError(.conflict, detail: "the record changes too often; try again")
    }

    /// Answers with what the rights compartment holds, once the audit entry is on disk.
    func readRights<Operation: VaultOperation, Value: Sendable>(
        _ proof: Authorized<Operation>, _ id: RecordID, _ field: RightsField,
        read: (borrowing OpenRecord) throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        try await takeRecord(id, proof)
        return try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof, record: id)
            entry.fields = [field.logName]
            entry.reason = "read"
            do throws(VaultError) {
                let record = try await self.open(self.live(id))
                try self.checkRecording(for: proof.purpose, on: record)
                return (try read(record), [entry])
            } catch {
                try await self.recordFailure(error, of: AuditRecord(proof, record: id))
                throw error
            }
        }
    }

    /// The value of a field of the rights compartment.
    ///
    /// - Throws: ``VaultError/Code/damaged`` when it is there and can't be read.
    func value<Value>(
        of field: RightsField, in record: borrowing OpenRecord, _ make: (JSONValue) -> Value?
    ) throws(VaultError) -> Value? {
        switch record.rights(field) {
        case .absent: return nil
        case .value(let json):
            if let value = make(json) { return value }
            fallthrough
        case .unreadable:
            throw VaultError(
                .damaged, detail: "\(field.logName) of record \(record.stored.id)")
        }
    }
}
