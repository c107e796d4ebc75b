import Catalogue
import KeyManagement
public import Storage
public import StrictJSON
import Synchronization
import Verification

extension RecordVault {
    /// What was done with a record, oldest first. An id that no record has, or had, has no history; one
    /// that was erased keeps it: neither ids nor entries are personal data.
    ///
    /// It scans the log (``LogScan``) until the page is full, at worst all of it. The look at it is in the
    /// log as well, before the answer, and not in the history.
    ///
    /// - Parameters:
    ///   - number: The entry after which to begin; 0 for the first page.
    ///   - limit: The most entries in the page, at least 1.
    public func history(
        _ proof: Authorized<ReadAudit>, of record: RecordID, view: HistoryView,
        after number: UInt64, limit: Int
    ) async throws(VaultError) -> RecordHistory {
        var entry = AuditRecord(proof, record: record)
        entry.reason = "history-\(view.rawValue)"
        try await append(entry)
        return try await LogScan(store: store).run(
            RecordHistory(of: record, view: view, limit: limit), after: number, through: log.size)
    }

    /// What a principal's answered reads, searches and verifications touched in a time, as a signed
    /// statement (``BreachScope``). Batches are counted by the records in them.
    ///
    /// It scans the whole log (``LogScan``), and takes memory for each distinct record
    /// (``AccessTally``); one is made at a time. The request is in the log before the scan, and within
    /// what is scanned.
    ///
    /// - Parameter seconds: Unix seconds, at most ``maximumScopeSeconds`` of them.
    /// - Throws: ``VaultError/Code/invalidValue`` for a time that is empty or too long, and for one with
    ///   too many records; ``VaultError/Code/notReady`` while another is being made.
    public func breachScope(
        _ proof: Authorized<ReadAudit>, of principal: AccessPrincipal, in seconds: Range<Int64>
    ) async throws(VaultError) -> JSONValue {
        guard 1...Self.maximumScopeSeconds ~= Int64(seconds.count) else {
            throw VaultError(.invalidValue, detail: "a scope is of 1 second to 366 days")
        }
        guard !isScoping.exchange(true, ordering: .acquiring) else {
            throw VaultError(.notReady, detail: "another breach scope is being made")
        }
        defer { isScoping.store(false, ordering: .releasing) }
        let head = try await headAfterLogging(proof)
        var scope = BreachScope(
            vault: keyring.vault.description, principal: principal.text,
            from: Timestamp.text(seconds: seconds.lowerBound),
            to: Timestamp.text(seconds: seconds.upperBound),
            madeAt: Timestamp.text(milliseconds: clock.nowMilliseconds), logSize: head.size,
            logRoot: head.root)
        if authoriser.policy.isSeparationOff { scope.separation = "off" }
        let time = (seconds.lowerBound * 1000)..<(seconds.upperBound * 1000)
        let tally = try await LogScan(store: store).run(
            AccessTally(of: principal, in: time, catalogue: configuration.catalogue), after: 0,
            through: head.size)
        tally.fill(&scope)
        do throws(JSONError) {
            let message = try SignedDocument.message(
                of: scope.members, context: BreachScope.context)
            return SignedDocument.signed(
                scope.members, signature: keyring.logKey.sign(message),
                by: keyring.logKey.publicKey)
        } catch {
            throw VaultError(.internal)
        }
    }

    /// The longest time of a scope: a leap year.
    static var maximumScopeSeconds: Int64 { 366 * 86_400 }

    /// The log's head once the request for a scope is in it, and all that came before.
    private func headAfterLogging(
        _ proof: Authorized<ReadAudit>
    ) async throws(VaultError) -> TreeHead {
        var entry = AuditRecord(proof)
        entry.reason = "breach-scope"
        // Synced, whatever reads are: the root covers synced entries alone.
        let commit = Commit(
            mutation: Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
            policyVersion: proof.policyVersion)
        switch await commits.commit([commit])[0] {
        case .committed(let number):
            let head = log.head
            guard head.size >= number else { throw VaultError(.internal) }
            return head
        case .policyChanged: return try await headAfterLogging(reauthorize(proof))
        case .failed(let error): throw VaultError(error)
        case .rejected, .recordChanged, .keysChanged: throw VaultError(.internal)
        }
    }
}
