import Catalogue
import KeyManagement
public import Storage

extension RecordVault {
    /// Reads fields of a record.
    ///
    /// The answer is given only once its audit entry is on disk, and never after the record was
    /// changed or erased: the commit rechecks.
    public func read(
        _ proof: Authorized<ReadRecords>, _ id: RecordID, _ selection: FieldSelection,
        ticket: AnswerTicket
    ) async throws(VaultError) -> RecordView {
        try await read(proof, [id], selection, ticket: ticket)[0].get()
    }

    /// Reads fields of several records, each answered for itself, in their order.
    public func read(
        _ proof: Authorized<ReadRecords>, _ ids: [RecordID], _ selection: FieldSelection,
        ticket: AnswerTicket
    ) async throws(VaultError) -> [Result<RecordView, VaultError>] {
        let isAllowed = try await takeRecords(ids, proof)
        guard !isAllowed.allSatisfy({ $0 }) else {
            return try await readAllowed(proof, ids, selection)
        }
        let allowed = zip(ids, isAllowed).filter(\.1).map(\.0)
        var views = try await readAllowed(proof, allowed, selection)[...]
        return isAllowed.map { isAllowed in
            guard isAllowed, let view = views.popFirst() else {
                return .failure(VaultError(.overBudget))
            }
            return view
        }
    }

    /// Reads records that the budget has room for.
    private func readAllowed(
        _ proof: Authorized<ReadRecords>, _ ids: [RecordID], _ selection: FieldSelection
    ) async throws(VaultError) -> [Result<RecordView, VaultError>] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let plan = try await self.plan(selection, proof)
            let lookups = try await self.lookUp(ids)
            var views: [Result<RecordView, VaultError>] = []
            views.reserveCapacity(ids.count)
            for (id, lookup) in zip(ids, lookups) {
                views.append(
                    await self.view(
                        of: id, lookup, plan: plan, selection: selection, proof: proof))
            }
            let audit = zip(ids, views).map { id, view in
                AuditRecord(proof, record: id).noting(view)
            }
            return (views, audit)
        }
    }

    private func lookUp(_ ids: [RecordID]) async throws(VaultError) -> [RecordLookup] {
        try await stored { () throws(StoreError) in
            ids.count == 1 ? [try await store.record(ids[0])] : try await store.records(ids)
        }
    }

    /// The plan of a selection; a refusal is in the audit log before it is thrown.
    func plan<Operation: VaultOperation>(
        _ selection: FieldSelection, _ proof: Authorized<Operation>
    ) async throws(VaultError) -> FieldPlan {
        do throws(VaultError) {
            return try FieldPlan(
                selection, scope: proof.scope, catalogue: configuration.catalogue)
        } catch {
            var entry = AuditRecord(proof)
            entry.outcome = error.code.rawValue
            if let field = error.field { entry.fields = [field] }
            try await append(entry)
            throw error
        }
    }

    func view<Operation: VaultOperation>(
        of id: RecordID, _ lookup: RecordLookup, plan: FieldPlan, selection: FieldSelection,
        proof: Authorized<Operation>
    ) async -> Result<RecordView, VaultError> {
        do throws(VaultError) {
            let record = try await open(live(lookup, of: id))
            try checkPurpose(proof.purpose, opens: record)
            return .success(
                try view(of: record, plan: plan, selection: selection, scope: proof.scope))
        } catch {
            return .failure(error)
        }
    }

    /// The planned fields of a record, but those that a protection keeps from the caller.
    func view(
        of record: borrowing OpenRecord, plan: FieldPlan, selection: FieldSelection, scope: Scope
    ) throws(VaultError) -> RecordView {
        try RecordView(
            record, plan: plan, shield: shield(of: record, against: scope),
            includesSources: selection.includesSources, catalogue: configuration.catalogue,
            vault: keyring.vault)
    }

    /// Answers with what `work` reads, once its audit entries are on disk; reads again when a record
    /// changed meanwhile, and authorises again when the policy did.
    func answering<Operation: VaultOperation, Value: Sendable>(
        _ proof: Authorized<Operation>,
        work: (Authorized<Operation>, UInt64) async throws(VaultError) -> (
            Value, [AuditRecord]
        )
    ) async throws(VaultError) -> Value {
        var proof = proof
        for _ in 0..<Self.maximumAttempts {
            let announcement = commits.announce()
            let sequence = commits.sequence
            let use = keyUse
            let (value, audit) = try await work(proof, sequence)
            #if BENCHMARK_WITHOUT_LOG
                _ = consume announcement
                _ = (sequence, audit)
                return value
            #else
                let now = clock.nowMilliseconds
                let commit = Commit(
                    mutation: Mutation(audit: audit.map { $0.leaf(milliseconds: now) }),
                    policyVersion: proof.policyVersion,
                    reads: audit.compactMap { $0.outcome == "ok" ? $0.record : nil },
                    readSequence: sequence, keys: use, durability: configuration.readDurability,
                    usesReserve: Operation.kind.isNeededOnFullDisk)
                switch await commits.commit(commit, announcement) {
                case .committed: return value
                case .recordChanged, .keysChanged: continue
                case .policyChanged: proof = try await reauthorize(proof)
                case .rejected: throw VaultError(.internal)
                case .failed(let error): throw VaultError(error)
                }
            #endif
        }
        throw VaultError(.conflict, detail: "the record changes too often; try again")
    }

    static var maximumAttempts: Int { 8 }

    /// Proof under the policy of now.
    func reauthorize<Operation: VaultOperation>(
        _ proof: Authorized<Operation>
    ) async throws(VaultError) -> Authorized<Operation> {
        try await authorize(
            Operation.self,
            AccessRequest(
                caller: proof.caller, purpose: proof.purpose?.name, requestID: proof.requestID))
    }
}

extension AuditRecord {
    /// The entry with what was shown, or why nothing was.
    func noting(_ view: Result<RecordView, VaultError>) -> AuditRecord {
        var entry = self
        switch view {
        case .success(let view):
            entry.fields = view.fields.map(\.name)
            entry.generation = view.version
        case .failure(let error): entry.outcome = error.code.rawValue
        }
        return entry
    }
}
