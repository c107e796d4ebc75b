import Storage

extension RecordVault {
    /// Counts records that an operation is about to touch, whether they are there or not.
    ///
    /// - Returns: for each, whether it may be touched.
    /// - Throws: ``VaultError/Code/overBudget`` where none may, once that is in the audit log.
    func takeRecords<Operation: VaultOperation>(
        _ ids: [RecordID], _ proof: Authorized<Operation>
    ) async throws(VaultError) -> [Bool] {
        let (isAllowed, wait) = budgets.take(
            ids, by: proof.budgetPrincipal, limit: proof.recordsPerHour)
        guard let wait else { return isAllowed }
        let error = Self.overBudget(waitSeconds: wait)
        try await recordOverBudget(.records, AuditRecord(proof))
        guard isAllowed.contains(true) else { throw error }
        return isAllowed
    }

    /// Counts a record that an operation is about to touch.
    func takeRecord<Operation: VaultOperation>(
        _ id: RecordID, _ proof: Authorized<Operation>
    ) async throws(VaultError) {
        _ = try await takeRecords([id], proof)
    }

    /// Refuses a search by somebody who may see no further record: whether it would have found one
    /// must not show.
    func requireRecordRoom<Operation: VaultOperation>(
        _ proof: Authorized<Operation>
    ) async throws(VaultError) {
        let wait = budgets.waitForRecords(
            by: proof.budgetPrincipal, limit: proof.recordsPerHour)
        guard let wait else { return }
        try await recordOverBudget(.records, AuditRecord(proof))
        throw Self.overBudget(waitSeconds: wait)
    }

    /// Reserves a search, or what tells as much.
    ///
    /// - Throws: ``VaultError/Code/overBudget``, once that is in the audit log.
    func reserveSearch<Operation: VaultOperation>(
        _ proof: Authorized<Operation>
    ) async throws(VaultError) -> SearchReservation {
        do throws(VaultError) {
            return try await budgets.reserveSearch(
                by: proof.budgetPrincipal, limit: proof.searchesPerHour)
        } catch {
            try await recordOverBudget(.searches, AuditRecord(proof))
            throw error
        }
    }

    /// Carries out what tells by a duplicate whether a value is known, which counts as a search.
    func countingDuplicates<Operation: VaultOperation, Value: Sendable>(
        _ proof: Authorized<Operation>, _ body: () async throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        guard configuration.duplicates == .refuse else { return try await body() }
        let reservation = try await reserveSearch(proof)
        do throws(VaultError) {
            let value = try await body()
            reservation.end(counts: false)
            return value
        } catch {
            reservation.end(counts: error.code == .duplicate)
            throw error
        }
    }

    /// Reserves an operation that destroys keys: an erasure, whole or of compartments, or an update that
    /// removes a value.
    ///
    /// - Throws: ``VaultError/Code/overBudget``, once that is in the audit log.
    func reserveErasure<Operation: VaultOperation>(
        _ proof: Authorized<Operation>
    ) async throws(VaultError) -> ErasureReservation {
        do throws(VaultError) {
            return try budgets.reserveErasure(
                by: proof.budgetPrincipal, limit: proof.erasuresPerHour)
        } catch {
            try await recordOverBudget(.erasures, AuditRecord(proof))
            throw error
        }
    }

    static func overBudget(waitSeconds: Int64) -> VaultError {
        var error = VaultError(.overBudget)
        error.retryAfterSeconds = Int(waitSeconds)
        return error
    }

    /// One entry a minute for each user: whoever is over their budget can't fill the log either.
    private func recordOverBudget(
        _ budget: VaultMetrics.Budget, _ entry: AuditRecord
    ) async throws(VaultError) {
        metrics.noteRefusal(by: budget)
        guard let count = overBudget.note(entry.caller) else { return }
        var entry = entry
        entry.outcome = VaultError.Code.overBudget.rawValue
        entry.count = count
        try await append(entry)
    }
}
