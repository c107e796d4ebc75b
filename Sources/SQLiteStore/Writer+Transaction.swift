import GRDBSQLite
import Storage

extension Writer {
    /// Carries a group out in one transaction.
    ///
    /// A mutation whose expectations fail has written nothing yet, so that it needs no savepoint.
    /// Where a statement fails by the fault of one mutation, which is rare, the group is taken back
    /// and carried out anew with a savepoint around each.
    func transact(
        _ group: [Mutation], beforeCommit: ([Int]) throws(StoreError) -> Void
    ) throws(StoreError) -> [MutationOutcome] {
        audit.removeAll(keepingCapacity: true)
        let mark = deferral.mark
        do throws(StoreError) {
            try statements.begin.run()
            var outcomes: [MutationOutcome]
            do throws(StoreError) {
                outcomes = try group.map { mutation throws(StoreError) in try apply(mutation) }
            } catch  where error.concernsOneMutation {
                try statements.rollback.run()
                audit.removeAll(keepingCapacity: true)
                deferral.goBack(to: mark)
                try statements.begin.run()
                outcomes = try group.map { mutation throws(StoreError) in try applyAlone(mutation) }
            }
            guard outcomes.contains(.committed) else {
                try rollBack()
                deferral.goBack(to: mark)
                return outcomes
            }
            try insertAuditRow()
            let places = outcomes.indices.filter {
                outcomes[$0] == .committed && group[$0].needsLedger
            }
            if !places.isEmpty { try beforeCommit(places) }
            try statements.commit.runCommit()
            lastAuditNumber += Int64(audit.count)
            deferral.committed()
            return outcomes
        } catch {
            deferral.goBack(to: mark)
            if !error.isInputOutput, error != .outcomeUnknown { try rollBack() }
            throw error
        }
    }

    /// Takes everything back, unless SQLite has done so by itself with the error, and makes sure.
    private func rollBack() throws(StoreError) {
        if statements.isInsideTransaction { try? statements.rollback.run() }
        guard !statements.isInsideTransaction else { throw .outcomeUnknown }
    }

    private func applyAlone(_ mutation: Mutation) throws(StoreError) -> MutationOutcome {
        let auditCount = audit.count
        let mark = deferral.mark
        try statements.savepoint.run()
        let outcome: MutationOutcome
        do throws(StoreError) {
            outcome = try apply(mutation)
        } catch  where error.concernsOneMutation && statements.isInsideTransaction {
            try statements.rollBackToSavepoint.run()
            audit.removeLast(audit.count - auditCount)
            deferral.goBack(to: mark)
            outcome = .failed(error)
        }
        try statements.release.run()
        return outcome
    }

    private func apply(_ mutation: Mutation) throws(StoreError) -> MutationOutcome {
        for (place, expectation) in mutation.expectations.enumerated() {
            if let rejection = try check(expectation, place: place) { return .rejected(rejection) }
        }
        deferral.begin(mutation)
        for write in mutation.writes { try carryOut(write) }
        audit += mutation.audit
        return .committed
    }

    private func insertAuditRow() throws(StoreError) {
        guard !audit.isEmpty else { return }
        try statements.insertAudit.bind(1, lastAuditNumber + 1)
        try statements.insertAudit.bind(2, Int64(audit.count))
        try statements.insertAudit.bind(3, AuditRow.hashes(of: audit))
        try statements.insertAudit.bind(4, AuditRow.entries(of: audit))
        try statements.insertAudit.run()
    }
}
