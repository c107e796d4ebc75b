import Catalogue
import Cryptography
import KeyManagement
import Storage
public import StrictJSON

extension RecordVault {
    /// Creates a record.
    ///
    /// - Parameters:
    ///   - body: As in docs/openapi.yaml, RecordCreation.
    ///   - idempotencyKey: A UUID that makes a repeat answer the same record for 24 hours.
    ///   - digest: The request's body, for telling a repeat from another request with the same key.
    /// - Throws: ``VaultError/Code/duplicate`` when a unique value is there already; the record's id
    ///   with it only for callers who may search by that field.
    public func create(
        _ proof: Authorized<CreateRecord>, _ body: JSONValue, idempotencyKey: String?,
        digest: [UInt8] = []
    ) async throws(VaultError) -> WrittenRecord {
        let makeReplay = { () throws(VaultError) in
            try idempotencyKey.map { key throws(VaultError) in
                try Replay(proof.caller, route: "create", key: key, body: digest, vault: self)
            }
        }
        let replay = try makeReplay()
        do throws(VaultError) {
            if let replay, let written = try await repeated(replay) {
                var entry = AuditRecord(proof, record: written.id)
                entry.reason = "repeated"
                try await append(entry)
                return written
            }
            return try await countingDuplicates(proof) { () throws(VaultError) in
                let draft = try draft(creating: body, isDryRun: false, proof: proof)
                return try await create(draft, id: nextID(), replay: makeReplay, proof: proof)
            }
        } catch {
            guard error.code != .outcomeUnknown else { throw error }
            try await recordFailure(error, of: AuditRecord(proof))
            throw error
        }
    }

    /// Validates a new record and looks for duplicates; writes nothing but the audit entry.
    func check(
        creating body: JSONValue, proof: Authorized<CreateRecord>
    ) async throws(VaultError) {
        let draft = try draft(creating: body, isDryRun: true, proof: proof)
        guard configuration.duplicates == .refuse else { return }
        for change in draft.changes where change.field.isUnique {
            for value in change.value?.indexValues ?? [] {
                let value = try sought(key: value.key, normalised: value.normalised)
                if let existing = try await holder(of: value, except: nil) {
                    throw await duplicate(of: existing, field: change.field.name, proof)
                }
            }
        }
    }

    func draft(
        creating body: JSONValue, isDryRun: Bool, proof: Authorized<CreateRecord>
    ) throws(VaultError) -> RecordDraft {
        let draft = try RecordDraft(
            creating: body, catalogue: configuration.catalogue, settings: configuration.settings,
            needsCompany: !isDryRun)
        try checkGranted(draft.changes.map(\.field.name), proof)
        try checkPurpose(proof.purpose, opensNew: draft.kind)
        return draft
    }

    func checkGranted<Operation: VaultOperation>(
        _ fields: [String], _ proof: Authorized<Operation>
    ) throws(VaultError) {
        for field in fields where proof.view(of: field) != .plain {
            var error = VaultError(.notGranted)
            error.field = field
            throw error
        }
    }

    func nextID() throws(VaultError) -> RecordID {
        do throws(CryptographyError) {
            return RecordID(
                milliseconds: UInt64(clamping: clock.nowMilliseconds),
                random: (try SecureRandom.uint64(), try SecureRandom.uint64()))
        } catch {
            throw VaultError(.internal)
        }
    }

    private func create(
        _ draft: RecordDraft, id: RecordID, replay makeReplay: () throws(VaultError) -> Replay?,
        proof: Authorized<CreateRecord>
    ) async throws(VaultError) -> WrittenRecord {
        let written = WrittenRecord(id: id, version: 1)
        var audit = AuditRecord(proof, record: id)
        audit.fields = draft.changes.map(\.field.name)
        audit.generation = 1
        do throws(VaultError) {
            try await preparing { () throws(VaultError) in
                var prepared = try await prepare(draft, id: id)
                if let replay = try makeReplay() {
                    let row = try replay.row(for: [id], vault: self)
                    prepared.expectations.insert(
                        .unusedReplay(key: row.key, nowSeconds: clock.nowSeconds), at: 0)
                    prepared.writes += [
                        .dropReplays(expiredBeforeSeconds: clock.nowSeconds), .putReplay(row),
                    ]
                }
                try await commit(prepared, audit: audit, proof: proof)
            }
        } catch {
            // Another request with the same key was faster: its answer is ours.
            guard error.code == .conflict, let replay = try makeReplay(),
                let earlier = try await repeated(replay)
            else { throw error }
            return earlier
        }
        return written
    }

    /// Prepares and commits, again where a rotation changed the keys in between.
    func preparing<Value>(
        _ work: () async throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        for _ in 1..<Self.maximumAttempts {
            do throws(VaultError) {
                return try await work()
            } catch {
                guard error.isKeyChange else { throw error }
            }
        }
        return try await work()
    }

    /// Seals a new record into the segment that has a seat for it.
    func prepare(_ draft: RecordDraft, id: RecordID) async throws(VaultError) -> PreparedRecord {
        var expectations: [Expectation] = []
        if let company = draft.company {
            try await checkCompany(company)
            expectations.append(.exists(company))
        }
        let use = keyUse
        let segment = try await segments.seat()
        return try prepare(
            draft, id: id, segment: segment, keys: use.sealing(under: segment),
            expectations: expectations)
    }

    private func prepare(
        _ draft: RecordDraft, id: RecordID, segment: SegmentKey, keys: KeyUse,
        expectations: [Expectation]
    ) throws(VaultError) -> PreparedRecord {
        let compartments = Self.compartments(of: draft.changes)
        let index = keyring.index(of: segment)
        var values: [KeyBoxDraft.Value] = []
        var uniques: [PreparedRecord.Unique] = []
        for (label, compartment) in compartments.enumerated() {
            for (place, change) in compartment.changes.enumerated() {
                for value in change.value?.indexValues ?? [] {
                    values.append(
                        KeyBoxDraft.Value(
                            value: try index.value(key: value.key, normalised: value.normalised),
                            field: (label, place)))
                    if change.field.isUnique {
                        uniques.append(
                            PreparedRecord.Unique(
                                field: change.field.name,
                                value: try sought(key: value.key, normalised: value.normalised)))
                    }
                }
            }
        }
        if let company = draft.company {
            values.append(
                KeyBoxDraft.Value(
                    value: try index.value(
                        key: Self.companySearchKey, normalised: company.bytes), field: nil))
        }
        do {
            let box = try KeyBoxDraft(
                kind: draft.kind.code, flags: [], createdSeconds: clock.nowSeconds,
                company: draft.company,
                labels: compartments.map { compartment in
                    KeyBoxDraft.Label(
                        name: compartment.name, dek: .fresh, version: 1,
                        fields: compartment.changes.map(\.field.name))
                },
                values: values
            ).build()
            var row = RowWriter(
                vault: keyring.vault, record: id, compartmentCount: compartments.count)
            for (label, compartment) in compartments.enumerated() {
                try row.seal(compartment.changes.map(\.content), under: label, of: box)
            }
            let place = KeyBox.Place(
                vault: keyring.vault, record: id, segment: segment.id, generation: 1)
            let stored = StoredRecord(
                id: id, segment: segment.id, generation: 1,
                box: try box.seal(at: place, key: segment), fields: row.finish())
            return PreparedRecord(
                stored: stored, keys: keys, fields: draft.changes.map(\.field.name),
                uniques: uniques,
                writes: [.insert(stored)]
                    + values.flatMap { index.chains(of: $0.value) }
                    .map { .addToIndex($0, id) },
                expectations: expectations)
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.notReady, detail: (error as? KeyError)?.description)
        }
    }

    /// Commits a prepared record; tells a duplicate from a collision of tags.
    func commit<Operation: VaultOperation>(
        _ prepared: PreparedRecord, audit: AuditRecord, proof: Authorized<Operation>,
        usesReserve: Bool = false
    ) async throws(VaultError) {
        var proof = proof
        var ignoring = prepared.uniques.map { _ in [prepared.stored.id] }
        for _ in 0..<Self.maximumAttempts {
            let commit = Commit(
                mutation: prepared.mutation(
                    ignoring: ignoring, audit: audit, milliseconds: clock.nowMilliseconds,
                    duplicates: configuration.duplicates == .allow),
                policyVersion: proof.policyVersion, keys: prepared.keys,
                usesReserve: usesReserve)
            switch await commits.commit([commit])[0] {
            case .committed: return
            case .policyChanged:
                proof = try await reauthorize(proof)
                try checkGranted(prepared.fields, proof)
            case .rejected(.occupied(let holders, let place)):
                guard let unique = prepared.unique(ofExpectation: place) else {
                    throw VaultError(.internal)
                }
                let entry = prepared.uniques[unique]
                for holder in holders {
                    guard try await !holds(holder, entry.value) else {
                        throw await duplicate(of: holder, field: entry.field, proof)
                    }
                    ignoring[unique].append(holder)
                }
            case .rejected(let rejection): throw Self.error(rejection)
            case .recordChanged: throw VaultError(.conflict)
            case .keysChanged: throw .keysChanged
            case .failed(let error): throw VaultError(error)
            }
        }
        throw VaultError(.conflict)
    }

    static func error(_ rejection: Rejection) -> VaultError {
        switch rejection {
        case .unknownRecord: return VaultError(.unknownRecord)
        case .erased: return VaultError(.erased)
        case .changed(_, let generation):
            var error = VaultError(.versionMismatch)
            error.version = generation
            return error
        case .present, .replay, .occupied, .stateChanged, .segmentChanged:
            return VaultError(.conflict)
        }
    }

    /// A refusal that names the record which is there to whoever would find it by this field.
    func duplicate<Operation: VaultOperation>(
        of existing: RecordID, field: String, _ proof: Authorized<Operation>
    ) async -> VaultError {
        var error = VaultError(.duplicate)
        error.field = field
        guard proof.scope.view(of: field, for: .search) == .plain else { return error }
        do throws(VaultError) {
            let record = try await open(live(existing))
            if record.obstacleBesideRestriction(to: proof.purpose) == nil,
                allowsMatching(record, by: field, scope: proof.scope)
            {
                error.existing = existing
            }
        } catch {
            return error
        }
        return error
    }

    /// A failure's audit entry. That a budget is used up is in the log already.
    func recordFailure(_ error: VaultError, of entry: AuditRecord) async throws(VaultError) {
        guard error.code != .overBudget else { return }
        var entry = entry
        entry.outcome = error.code.rawValue
        if let field = error.field { entry.fields = [field] }
        try await append(entry)
    }

    private func checkCompany(_ id: RecordID) async throws(VaultError) {
        do throws(VaultError) {
            let record = try await open(live(id))
            guard record.kind == .company else {
                throw VaultError(.invalidValue, pointer: "/company", .kind)
            }
        } catch {
            guard error.code == .unknownRecord || error.code == .erased else { throw error }
            throw VaultError(.invalidValue, pointer: "/company", .format)
        }
    }

    private static func compartments(
        of changes: [RecordDraft.Change]
    ) -> [(name: String, changes: [RecordDraft.Change])] {
        var compartments: [(name: String, changes: [RecordDraft.Change])] = []
        for change in changes {
            let name = change.field.compartment
            if let place = compartments.firstIndex(where: { $0.name == name }) {
                compartments[place].changes.append(change)
            } else {
                compartments.append((name, [change]))
            }
        }
        return compartments
    }
}

extension RecordDraft.Change {
    var content: FieldContent {
        FieldContent(name: field.name, source: source, json: value?.json ?? [])
    }
}
