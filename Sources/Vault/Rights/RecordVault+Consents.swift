import Catalogue
public import Storage
public import StrictJSON

extension RecordVault {
    private static var consentMembers: Set<String> {
        StatementRequest.members.union(["purpose", "state"])
    }

    /// Records that a consent was given or withdrawn; in effect with the next request.
    ///
    /// - Parameter body: As in docs/openapi.yaml, ConsentEntry.
    /// - Throws: ``VaultError/Code/invalidValue`` for a purpose that does not rest on consent alone for
    ///   this kind of record; ``VaultError/Code/conflict`` when the history is full.
    public func recordConsent(
        _ proof: Authorized<RecordConsent>, _ id: RecordID, _ body: JSONValue
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard let members = body.members else {
                throw VaultError(.malformedRequest, pointer: "", .type)
            }
            try RecordDraft.refuseUnknown(members, allowed: Self.consentMembers)
            guard let state = body["state"]?.text.flatMap(ConsentState.init(rawValue:)) else {
                throw VaultError(.invalidValue, pointer: "/state", .format)
            }
            let purpose = try self.purpose(named: body["purpose"])
            guard purpose.requiresConsent(of: record.kind) else {
                throw VaultError(.invalidValue, pointer: "/purpose", .noConsent)
            }
            let now = self.clock.nowSeconds
            let entry = try StatementRequest(body, atSeconds: now).entry(
                state, of: purpose.name, by: proof.caller, atSeconds: now)
            return try self.appending(entry, to: .consents, of: record)
        }
    }

    /// The history of a record's consents, the newest last.
    public func consents(
        _ proof: Authorized<ReadConsents>, of id: RecordID, ticket: AnswerTicket
    ) async throws(VaultError) -> [Consent] {
        try await readRights(proof, id, .consents) { record throws(VaultError) in
            try self.history(.consents, of: record).entries
        }
    }

    /// The purpose of a name that came with a request.
    func purpose(named name: JSONValue?) throws(VaultError) -> Purpose {
        guard let name = name?.text else {
            throw VaultError(.invalidValue, pointer: "/purpose", .required)
        }
        guard let purpose = configuration.catalogue.purpose(named: name) else {
            throw VaultError(.invalidValue, pointer: "/purpose", .unknownPurpose)
        }
        return purpose
    }

    /// The change that adds an entry; `nil` when the last one says the same.
    func appending<State: RightsState>(
        _ entry: RightsEntry<State>, to field: RightsField, of record: borrowing OpenRecord
    ) throws(VaultError) -> RightsChange? {
        var history: RightsHistory<State> = try self.history(field, of: record)
        if let last = history.last(of: entry.purpose), last.says(entry) { return nil }
        guard history.append(entry) else {
            throw VaultError(.conflict, detail: "the history is full; only what closes is taken")
        }
        return RightsChange(
            field: field, json: history.json,
            logged: (field.logName + "/" + entry.purpose, entry.state.rawValue),
            closes: entry.state == .closing)
    }

    func history<State: RightsState>(
        _ field: RightsField, of record: borrowing OpenRecord
    ) throws(VaultError) -> RightsHistory<State> {
        try value(of: field, in: record, RightsHistory<State>.init) ?? RightsHistory()
    }
}
