import Catalogue
import KeyManagement
public import Storage
import StrictJSON

extension RecordVault {
    /// Finds records by exact values, and shows fields of them in the same answer.
    ///
    /// A field may be searched only where the grant allows searching it: a masked henkilötunnus can't
    /// be confirmed by a search. Each query is answered for itself.
    public func search(
        _ proof: Authorized<SearchRecords>, _ queries: [SearchQuery],
        _ selection: FieldSelection, limit: Int, ticket: AnswerTicket
    ) async throws(VaultError) -> [Result<SearchMatches, VaultError>] {
        try await requireRecordRoom(proof)
        var allowed = 0
        var refusal: VaultError?
        for _ in queries {
            do throws(VaultError) {
                // Each query counts, hit or miss, before anybody knows which.
                try await reserveSearch(proof).end(counts: true)
                allowed += 1
            } catch {
                guard error.code == .overBudget, allowed > 0 else { throw error }
                refusal = error
                break
            }
        }
        let results = try await answer(
            proof, Array(queries.prefix(allowed)), selection, limit: limit)
        guard let refusal else { return results }
        return results + queries.dropFirst(allowed).map { _ in .failure(refusal) }
    }

    /// Answers queries that the budget has room for.
    private func answer(
        _ proof: Authorized<SearchRecords>, _ queries: [SearchQuery],
        _ selection: FieldSelection, limit: Int
    ) async throws(VaultError) -> [Result<SearchMatches, VaultError>] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let plan = try await self.plan(selection, proof)
            var results: [Result<SearchMatches, VaultError>] = []
            var audit: [AuditRecord] = []
            for query in queries {
                let result = await self.matches(
                    query, plan: plan, selection: selection, limit: limit, proof: proof)
                audit += Self.entries(for: result, field: query.field, proof: proof)
                results.append(result)
            }
            return (results, audit)
        }
    }

    /// The contact persons of a company.
    public func contacts(
        _ proof: Authorized<ReadRecords>, of company: RecordID, _ selection: FieldSelection,
        ticket: AnswerTicket
    ) async throws(VaultError) -> [RecordView] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            let plan = try await self.plan(selection, proof)
            do throws(VaultError) {
                try await self.takeRecord(company, proof)
                let views = try await self.contacts(
                    of: company, plan: plan, selection: selection, proof: proof)
                let audit = views.map {
                    AuditRecord(proof, record: $0.id).noting(.success($0))
                }
                return (views, audit.isEmpty ? [AuditRecord(proof, record: company)] : audit)
            } catch {
                try await self.recordFailure(error, of: AuditRecord(proof, record: company))
                throw error
            }
        }
    }

    private func contacts(
        of company: RecordID, plan: FieldPlan, selection: FieldSelection,
        proof: Authorized<ReadRecords>
    ) async throws(VaultError) -> [RecordView] {
        try checkRecording(for: proof.purpose, on: await open(live(company)))
        let value = try sought(key: Self.companySearchKey, normalised: company.bytes)
        let found = try await records(with: value, limit: Self.maximumContacts)
        var views: [RecordView] = []
        for stored in found.prefix(Self.maximumContacts) {
            let record = try await open(stored)
            guard record.box.company == company,
                record.obstacleBesideRestriction(to: proof.purpose) == nil
            else { continue }
            try await takeRecord(stored.id, proof)
            views.append(
                try self.found(record, plan: plan, selection: selection, proof: proof))
        }
        if views.isEmpty { try await requireRecordRoom(proof) }
        return views
    }

    /// A record that was come upon rather than asked for: of a restricted one nothing is shown.
    private func found<Operation: VaultOperation>(
        _ record: borrowing OpenRecord, plan: FieldPlan, selection: FieldSelection,
        proof: Authorized<Operation>
    ) throws(VaultError) -> RecordView {
        if record.isRestricted(for: proof.purpose) {
            return RecordView(withholding: record, plan: plan)
        }
        return try view(of: record, plan: plan, selection: selection, scope: proof.scope)
    }

    private static var maximumContacts: Int { 1000 }

    private func matches(
        _ query: SearchQuery, plan: FieldPlan, selection: FieldSelection, limit: Int,
        proof: Authorized<SearchRecords>
    ) async -> Result<SearchMatches, VaultError> {
        do throws(VaultError) {
            let found = try await find(query, limit: limit, proof: proof)
            // Queries before this one, or requests at the same time, may have taken the last room.
            if found.isEmpty { try await requireRecordRoom(proof) }
            guard
                try await takeRecords(found.prefix(limit).map(\.id), proof)
                    .allSatisfy({ $0 })
            else { throw VaultError(.overBudget) }
            var views: [RecordView] = []
            for stored in found.prefix(limit) {
                let record = try await open(stored)
                views.append(
                    try self.found(record, plan: plan, selection: selection, proof: proof))
            }
            return .success(SearchMatches(records: views, isTruncated: found.count > limit))
        } catch {
            return .failure(error)
        }
    }

    /// Records that hold one of the query's index values and that the purpose may reach.
    private func find(
        _ query: SearchQuery, limit: Int, proof: Authorized<SearchRecords>
    ) async throws(VaultError) -> [StoredRecord] {
        guard let field = configuration.catalogue.field(named: query.field) else {
            throw VaultError(.unknownField, pointer: "/field", .unknownField)
        }
        guard proof.view(of: field.name) == .plain else {
            var error = VaultError(.notGranted)
            error.field = field.name
            throw error
        }
        var found: [StoredRecord] = []
        for value in try soughtValues(of: query, field: field) {
            let candidates = try await records(with: value, limit: limit + 1)
            for candidate in candidates where !found.contains(where: { $0.id == candidate.id }) {
                let record = try await open(candidate)
                guard value.isHeld(by: record.box),
                    record.obstacleBesideRestriction(to: proof.purpose) == nil,
                    allowsMatching(record, by: field.name, scope: proof.scope)
                else { continue }
                found.append(candidate)
            }
        }
        return found
    }

    private func soughtValues(
        of query: SearchQuery, field: FieldDefinition
    ) throws(VaultError) -> [SoughtValue] {
        do {
            return try configuration.catalogue.searchKeys(
                field: field.name, value: query.value, settings: configuration.settings
            ).map { try sought(key: $0.key, normalised: $0.normalised) }
        } catch let error as ValidationFailure {
            throw VaultError(.invalidValue, failures: [error])
        } catch {
            throw error as? VaultError ?? VaultError(.internal)
        }
    }

    /// One entry for each hit, or one for the miss or the refusal.
    private static func entries(
        for result: Result<SearchMatches, VaultError>, field: String,
        proof: Authorized<SearchRecords>
    ) -> [AuditRecord] {
        switch result {
        case .success(let matches) where !matches.records.isEmpty:
            // The count stands in the first: one for each query.
            return matches.records.enumerated().map { place, record in
                var entry = AuditRecord(proof, record: record.id).noting(.success(record))
                if place == 0 { entry.count = matches.records.count }
                return entry
            }
        case .success:
            var entry = AuditRecord(proof)
            entry.count = 0
            return [entry]
        case .failure(let error):
            guard error.code != .overBudget else { return [] }
            var entry = AuditRecord(proof)
            entry.outcome = error.code.rawValue
            if let field = error.field { entry.fields = [field] }
            return [entry]
        }
    }
}
