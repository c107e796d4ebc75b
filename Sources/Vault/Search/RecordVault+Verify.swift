import Catalogue
import Cryptography
public import Storage
public import StrictJSON

extension RecordVault {
    /// Whether a field has a value: identifies a caller without reading the field.
    ///
    /// - Throws: ``VaultError/Code/tooManyAttempts`` after too many failures for this record in an
    ///   hour, whoever made them.
    public func verify(
        _ proof: Authorized<VerifyField>, _ id: RecordID, field: String, value: JSONValue,
        ticket: AnswerTicket
    ) async throws(VaultError) -> Bool {
        guard let definition = configuration.catalogue.field(named: field) else {
            throw VaultError(.unknownField, pointer: "/field", .unknownField)
        }
        guard proof.view(of: field) != nil else {
            var error = VaultError(.notGranted)
            error.field = field
            try await recordFailure(error, of: AuditRecord(proof, record: id))
            throw error
        }
        try await takeRecord(id, proof)
        do throws(VaultError) {
            try verifyLimiter.begin(id)
        } catch {
            try await recordFailure(error, of: AuditRecord(proof, record: id))
            throw error
        }
        do throws(VaultError) {
            let isMatch = try await attempt(proof, id, definition, value)
            verifyLimiter.end(id, isFailure: !isMatch)
            return isMatch
        } catch {
            verifyLimiter.end(id, isFailure: false)
            throw error
        }
    }

    private func attempt(
        _ proof: Authorized<VerifyField>, _ id: RecordID, _ field: FieldDefinition,
        _ value: JSONValue
    ) async throws(VaultError) -> Bool {
        try await answering(proof) { proof, sequence throws(VaultError) in
            var entry = AuditRecord(proof, record: id)
            entry.fields = [field.name]
            do throws(VaultError) {
                let isMatch = try await self.compare(proof, id, field, value)
                entry.reason = isMatch ? "match" : "no-match"
                return (isMatch, [entry])
            } catch {
                try await self.recordFailure(error, of: entry)
                throw error
            }
        }
    }

    private func compare(
        _ proof: Authorized<VerifyField>, _ id: RecordID, _ field: FieldDefinition,
        _ value: JSONValue
    ) async throws(VaultError) -> Bool {
        let record = try await open(live(id))
        try checkPurpose(proof.purpose, opens: record)
        guard allowsMatching(record, by: field.name, scope: proof.scope) else {
            var error = VaultError(.notGranted)
            error.field = field.name
            throw error
        }
        let guess: FieldValue
        do throws(ValidationFailure) {
            guess = try configuration.catalogue.validate(
                field: field.name, value: value, kind: record.kind,
                settings: configuration.settings)
        } catch {
            throw VaultError(
                .invalidValue, failures: [ValidationFailure(pointer: "/value", .format)])
        }
        guard let place = record.place(of: field.name) else { return false }
        let content = try record.fields(of: place.label)[place.field]
        return ConstantTime.equals(content.json, guess.json)
    }
}
