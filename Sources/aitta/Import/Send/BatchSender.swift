import StrictJSON
import VaultAPI
import VaultClient

/// Sends a batch so that each row goes in whole or not at all: first the contact persons are
/// checked without being written, then persons and companies are created, then the contacts under
/// the ids of their companies.
struct BatchSender: Sendable {
    let vault: any BatchWriter
    let id: ImportID
    let isDryRun: Bool

    func send(
        _ batch: ImportBatch, attempt: Int
    ) async throws(BatchFailure) -> BatchOutcome {
        var work = BatchWork(batch)
        try await checkContacts(&work, attempt)
        try await writeRecords(&work, attempt)
        if !isDryRun { try await writeContacts(&work, attempt) }
        return work.outcome
    }

    private func checkContacts(
        _ work: inout BatchWork, _ attempt: Int
    ) async throws(BatchFailure) {
        let checked = work.items.filter { $0.content.contact != nil }.map(\.row)
        var operations = Operations()
        for row in checked {
            operations.append(work.contact(of: row), isDryRun: true)
        }
        let results = try await write(operations, work, .contactCheck, attempt)
        for (row, result) in zip(checked, results) {
            if let problem = result.problem { work.reject(row, problem, prefix: "contact.") }
        }
    }

    /// A row whose contact was refused is still checked, so that all its reasons are told at once.
    private func writeRecords(
        _ work: inout BatchWork, _ attempt: Int
    ) async throws(BatchFailure) {
        var operations = Operations()
        for item in work.items {
            operations.append(
                item.content.record, isDryRun: isDryRun || work.isRejected(item.row))
        }
        let results = try await write(operations, work, .records, attempt)
        for (item, result) in zip(work.items, results) {
            if let problem = result.problem, !problem.isErasedSince {
                work.reject(item.row, problem, prefix: "")
            } else if !work.isRejected(item.row) {
                work.count(item.content.kind)
                work.companies[item.row] = result.written?.id
                if isDryRun && item.content.contact != nil { work.count(.contact) }
            }
        }
    }

    private func writeContacts(
        _ work: inout BatchWork, _ attempt: Int
    ) async throws(BatchFailure) {
        let rows = work.items.map(\.row).filter {
            !work.isRejected($0) && work.companies[$0] != nil && work.hasContact($0)
        }
        var operations = Operations()
        for row in rows {
            operations.append(work.contact(of: row), company: work.companies[row])
        }
        let results: [BatchResult]
        do throws(BatchFailure) {
            results = try await write(operations, work, .contacts, attempt)
        } catch {
            // The key was used for other contacts: this batch was carried out before the
            // interruption, and a company of it has been erased since. Those left are in.
            guard error.error.problem?.knownCode == .idempotencyMismatch else { throw error }
            work.count(.contact, rows.count)
            return
        }
        for (row, result) in zip(rows, results) {
            if let problem = result.problem, !problem.isErasedSince {
                work.reject(row, problem, prefix: "company is in, contact is not: ")
            } else {
                work.count(.contact)
            }
        }
    }

    /// Where every item fails for a reason that lies in no row, the batch has failed: nothing was
    /// written, and every further one would fare alike. Not so for contacts, whose companies are
    /// in already.
    private func write(
        _ operations: Operations, _ work: BatchWork, _ step: ImportID.Step, _ attempt: Int
    ) async throws(BatchFailure) -> [BatchResult] {
        guard operations.count > 0 else { return [] }
        let key = id.key(batch: work.outcome.number, step: step, attempt: attempt)
        let results: [BatchResult]
        do throws(VaultClientError) {
            results = try await vault.batchWrite(operations: operations.encoded, key: key)
        } catch {
            let isRefused = error.problem.map { [401, 403].contains($0.status) } ?? false
            throw BatchFailure(error, wroteNothing: isRefused && step != .contacts)
        }
        guard results.count == operations.count else {
            throw BatchFailure(.unexpectedAnswer(status: 200), wroteNothing: false)
        }
        let problems = results.compactMap(\.problem)
        // The rows are not at fault, and the same command goes on once the hour is over.
        if let problem = problems.first(where: { $0.knownCode == .overBudget }) {
            throw BatchFailure(.problem(problem), wroteNothing: false)
        }
        if step != .contacts, let problem = problems.first, problems.count == results.count,
            problems.allSatisfy(\.isNoRowsFault)
        {
            let isCertain = !problems.contains { $0.knownCode == .outcomeUnknown }
            throw BatchFailure(.problem(problem), wroteNothing: isCertain)
        }
        return results
    }
}

/// Why a batch failed as a whole.
struct BatchFailure: Error, Sendable, Equatable {
    var error: VaultClientError
    /// Whether it is certain that nothing was written. The vault may keep a refusal under its
    /// key, so another try then needs new keys; else it needs the same.
    var wroteNothing: Bool

    init(_ error: VaultClientError, wroteNothing: Bool) {
        self.error = error
        self.wroteNothing = wroteNothing
    }
}

extension Problem {
    /// An answer repeated for a record that was created, and erased since.
    fileprivate var isErasedSince: Bool { knownCode == .erased }

    /// Whether the caller or the vault is at fault, not the row.
    fileprivate var isNoRowsFault: Bool { status == 401 || status == 403 || status >= 500 }
}
