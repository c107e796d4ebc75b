import Catalogue
import Storage

extension RecordVault {
    /// Checks that a caller may carry out an operation for the purpose named.
    ///
    /// - Throws: ``VaultError/Code/notGranted`` or ``VaultError/Code/purposeRequired``, once the
    ///   refusal is in the audit log; ``VaultError/Code/notReady`` while the vault doesn't answer.
    public func authorize<Operation: VaultOperation>(
        _ operation: Operation.Type, _ request: AccessRequest
    ) async throws(VaultError) -> Authorized<Operation> {
        try checkReadiness()
        do throws(VaultError) {
            return try authoriser.authorize(operation, request)
        } catch {
            try await recordRefusal(of: Operation.kind, request, error)
            throw error
        }
    }

    func checkReadiness() throws(VaultError) {
        guard case .notReady(let reason) = readiness else { return }
        // A disk may have room again, or be writable again; a commit will tell.
        if ["disk-full", "audit-not-writable"].contains(reason) { return }
        throw VaultError(.notReady, detail: reason)
    }

    private func recordRefusal(
        of operation: OperationKind, _ request: AccessRequest, _ refusal: VaultError
    ) async throws(VaultError) {
        let entry = AuditRecord(
            caller: request.caller, requestID: request.requestID,
            purpose: knownPurpose(request.purpose), operation: operation.rawValue)
        try await recordRefusal(entry, refusal)
    }

    /// A refusal's audit entry; those of a caller without any grant are one entry a minute.
    func recordRefusal(_ entry: AuditRecord, _ refusal: VaultError) async throws(VaultError) {
        var entry = entry
        entry.outcome = refusal.code.rawValue
        if !authoriser.hasAnyGrant(entry.caller) {
            guard let count = refusals.note(entry.caller) else { return }
            entry.count = count
        }
        try await append(entry)
    }

    /// Whether a caller holds no grant at all now; costs a look-up.
    public func isStranger(_ caller: Caller) -> Bool { !authoriser.hasAnyGrant(caller) }

    /// Counts a request of a caller without any grant that was refused before it reached the vault; the
    /// next summary stands for it.
    public func countRefusal(of caller: Caller) { refusals.count(caller) }

    /// Logs the refusals that no entry stands for yet.
    func logRefusals(isLast: Bool = false) async {
        for (summary, code) in [
            (refusals, VaultError.Code.notGranted), (overBudget, VaultError.Code.overBudget),
        ] {
            for (caller, count) in summary.take(isLast: isLast) {
                var entry = AuditRecord(
                    caller: caller, requestID: "summary", purpose: nil, operation: "refusals")
                entry.outcome = code.rawValue
                entry.count = count
                // Where the log can't be written nothing is answered either.
                try? await append(entry)
            }
        }
    }

    /// A purpose's name if the catalogue has it: what a caller merely claims may be anything.
    func knownPurpose(_ name: String?) -> String? {
        name.flatMap { configuration.catalogue.purpose(named: $0)?.name }
    }

    /// Appends an audit entry that stands for itself: a refusal, a miss.
    func append(_ entry: AuditRecord, usesReserve: Bool = false) async throws(VaultError) {
        var commit = Commit(
            mutation: Mutation(audit: [entry.leaf(milliseconds: clock.nowMilliseconds)]),
            durability: configuration.readDurability)
        commit.usesReserve = usesReserve
        if case .failed(let error) = await commits.commit([commit])[0] { throw VaultError(error) }
    }

    /// A store's answer, or what the caller is told.
    func stored<Value>(
        _ read: () async throws(StoreError) -> Value
    ) async throws(VaultError) -> Value {
        do throws(StoreError) {
            return try await read()
        } catch {
            throw VaultError(error)
        }
    }
}
