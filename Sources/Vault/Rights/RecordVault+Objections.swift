import Catalogue
public import Storage
public import StrictJSON

extension RecordVault {
    /// Records that the person objects to a purpose; in effect with the next request.
    ///
    /// - Parameter body: As in docs/openapi.yaml, Statement.
    /// - Throws: ``VaultError/Code/invalidValue`` for a purpose that is not open to objection for this
    ///   kind of record; ``VaultError/Code/conflict`` when the history is full.
    public func recordObjection(
        _ proof: Authorized<RecordObjection>, _ id: RecordID, to purpose: String,
        _ body: JSONValue
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard let members = body.members else {
                throw VaultError(.malformedRequest, pointer: "", .type)
            }
            try RecordDraft.refuseUnknown(members, allowed: StatementRequest.members)
            let name = try self.objectionable(purpose, record.kind)
            let now = self.clock.nowSeconds
            let statement = try StatementRequest(body, atSeconds: now)
            let history: RightsHistory<ObjectionState> = try self.history(
                .objections, of: record)
            if statement.isBare, history.opens(name) == false { return nil }
            let entry = statement.entry(
                ObjectionState.stands, of: name, by: proof.caller, atSeconds: now)
            return try self.appending(entry, to: .objections, of: record)
        }
    }

    /// Records that the person no longer objects to a purpose.
    public func liftObjection(
        _ proof: Authorized<RecordObjection>, _ id: RecordID, to purpose: String
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            let name = try self.objectionable(purpose, record.kind)
            let history: RightsHistory<ObjectionState> = try self.history(
                .objections, of: record)
            guard history.opens(name) == false else { return nil }
            let now = self.clock.nowSeconds
            let entry = try StatementRequest(.object([]), atSeconds: now).entry(
                ObjectionState.lifted, of: name, by: proof.caller, atSeconds: now)
            return try self.appending(entry, to: .objections, of: record)
        }
    }

    /// The history of a record's objections, the newest last.
    public func objections(
        _ proof: Authorized<ReadConsents>, of id: RecordID, ticket: AnswerTicket
    ) async throws(VaultError) -> [Objection] {
        try await readRights(proof, id, .objections) { record throws(VaultError) in
            try self.history(.objections, of: record).entries
        }
    }

    private func objectionable(
        _ name: String, _ kind: RecordKind
    ) throws(VaultError) -> String {
        let purpose = try purpose(named: .string(name))
        guard purpose.isOpenToObjection(for: kind) else {
            throw VaultError(.invalidValue, pointer: "/purpose", .notObjectionable)
        }
        return purpose.name
    }
}
