import Storage
import StrictJSON

/// Carries out a batch: creations are sealed one after the other and committed together.
struct BatchWriter {
    private struct Creation {
        let place: Int
        let draft: RecordDraft
        let prepared: PreparedRecord
        let proof: Authorized<CreateRecord>
        let audit: AuditRecord
        let reservation: SearchReservation?
    }

    private let vault: RecordVault
    private let request: AccessRequest
    private var create: Result<Authorized<CreateRecord>, VaultError>?
    private var update: Result<Authorized<UpdateRecord>, VaultError>?
    private var creations: [Creation] = []
    /// Of operations that wrote nothing: refusals and dry runs.
    private var entries: [AuditRecord] = []
    var results: [Result<BatchOutcome, VaultError>]

    init(vault: RecordVault, request: AccessRequest, count: Int) {
        self.vault = vault
        self.request = request
        results = Array(repeating: .failure(VaultError(.internal)), count: count)
    }

    mutating func create(_ body: JSONValue, id: RecordID?, at place: Int) async {
        do throws(VaultError) {
            let proof = try await createProof()
            guard let id else { throw VaultError(.internal) }
            let draft = try vault.draft(creating: body, isDryRun: false, proof: proof)
            let prepared = try await vault.prepare(creating: draft, id: id)
            var audit = AuditRecord(proof, record: id)
            audit.fields = prepared.fields
            audit.generation = 1
            let reservation = try await reservation(proof)
            creations.append(
                Creation(
                    place: place, draft: draft, prepared: prepared, proof: proof, audit: audit,
                    reservation: reservation))
        } catch {
            fail(error, at: place, operation: .create)
        }
    }

    /// A search for what a duplicate would tell. Whoever waits for one holds none: what is prepared is
    /// committed first.
    private mutating func reservation(
        _ proof: Authorized<CreateRecord>
    ) async throws(VaultError) -> SearchReservation? {
        guard vault.configuration.duplicates == .refuse else { return nil }
        let reservation = vault.budgets.tryReserveSearch(
            by: proof.budgetPrincipal, limit: proof.searchesPerHour)
        if let reservation { return reservation }
        try await commitCreations()
        return try await vault.reserveSearch(proof)
    }

    mutating func check(_ body: JSONValue, at place: Int) async {
        do throws(VaultError) {
            let proof = try await createProof()
            // Whoever waits for a reservation holds none.
            try await commitCreations()
            try await vault.countingDuplicates(proof) { () throws(VaultError) in
                try await vault.check(creating: body, proof: proof)
            }
            var entry = AuditRecord(proof)
            entry.reason = "dry-run"
            entries.append(entry)
            results[place] = .success(.valid)
        } catch {
            fail(error, at: place, operation: .create)
        }
    }

    mutating func update(
        _ id: RecordID, _ body: JSONValue, ifMatch: UInt64?, isDryRun: Bool, at place: Int
    ) async {
        do throws(VaultError) {
            // An update sees what came before it in the batch.
            try await commitCreations()
            let written = try await vault.attemptUpdate(
                updateProof(), id, body, ifMatch: ifMatch, isDryRun: isDryRun)
            results[place] = .success(isDryRun ? .valid : .updated(written))
        } catch {
            fail(error, at: place, operation: .update, record: id)
        }
    }

    /// Commits what is prepared, and the audit entries of what wrote nothing.
    mutating func finish() async throws(VaultError) {
        try await commitCreations()
        guard !entries.isEmpty else { return }
        let now = vault.clock.nowMilliseconds
        let commit = Commit(
            mutation: Mutation(audit: entries.map { $0.leaf(milliseconds: now) }))
        entries = []
        if case .failed(let error) = await vault.commits.commit([commit])[0] {
            throw VaultError(error)
        }
    }

    private mutating func commitCreations() async throws(VaultError) {
        guard !creations.isEmpty else { return }
        let now = vault.clock.nowMilliseconds
        let allows = vault.configuration.duplicates == .allow
        let commits = creations.map { creation in
            Commit(
                mutation: creation.prepared.mutation(
                    ignoring: creation.prepared.uniques.map { _ in [] }, audit: creation.audit,
                    milliseconds: now, duplicates: allows),
                policyVersion: creation.proof.policyVersion, keys: creation.prepared.keys)
        }
        let outcomes = await vault.commits.commit(commits)
        let settled = creations
        creations = []
        for (creation, outcome) in zip(settled, outcomes) {
            let written = WrittenRecord(id: creation.prepared.stored.id, version: 1)
            do throws(VaultError) {
                switch outcome {
                case .committed: break
                case .rejected(.present), .rejected(.erased):
                    _ = try await vault.live(written.id)
                case .failed(let error): throw VaultError(error)
                case .rejected(.occupied), .policyChanged, .recordChanged:
                    try await vault.commit(
                        creation.prepared, audit: creation.audit, proof: creation.proof)
                case .keysChanged:
                    try await vault.preparing { () throws(VaultError) in
                        try await vault.commit(
                            vault.prepare(creating: creation.draft, id: written.id),
                            audit: creation.audit, proof: creation.proof)
                    }
                case .rejected(let rejection): throw RecordVault.error(rejection)
                }
                creation.reservation?.end(counts: false)
                results[creation.place] = .success(.created(written))
            } catch {
                creation.reservation?.end(counts: error.code == .duplicate)
                fail(error, at: creation.place, operation: .create)
            }
        }
    }

    private mutating func fail(
        _ error: VaultError, at place: Int, operation: OperationKind, record: RecordID? = nil
    ) {
        results[place] = .failure(error)
        guard error.code != .overBudget else { return }
        // Of callers without any grant, refusals are summarised.
        guard vault.authoriser.hasAnyGrant(request.caller) else { return }
        var entry = AuditRecord(
            caller: request.caller, requestID: request.requestID,
            purpose: vault.knownPurpose(request.purpose), operation: operation.rawValue,
            record: record)
        entry.outcome = error.code.rawValue
        entries.append(entry)
    }

    /// Whether the caller may create records at all.
    mutating func mayCreate() async -> Bool {
        (try? await createProof()) != nil
    }

    private mutating func createProof() async throws(VaultError) -> Authorized<CreateRecord> {
        if let create { return try create.get() }
        let proof = await vault.result(of: CreateRecord.self, request)
        create = proof
        return try proof.get()
    }

    private mutating func updateProof() async throws(VaultError) -> Authorized<UpdateRecord> {
        if let update { return try update.get() }
        let proof = await vault.result(of: UpdateRecord.self, request)
        update = proof
        return try proof.get()
    }
}

extension RecordVault {
    /// A record of a batch, under an id that an earlier request with the same key may have used.
    fileprivate func prepare(
        creating draft: RecordDraft, id: RecordID
    ) async throws(VaultError) -> PreparedRecord {
        var prepared = try await prepare(draft, id: id)
        prepared.expectations.insert(.absent(id), at: 0)
        return prepared
    }

    fileprivate func result<Operation: VaultOperation>(
        of operation: Operation.Type, _ request: AccessRequest
    ) async -> Result<Authorized<Operation>, VaultError> {
        do throws(VaultError) {
            return .success(try await authorize(operation, request))
        } catch {
            return .failure(error)
        }
    }
}
