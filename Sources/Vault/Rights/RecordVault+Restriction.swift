import Catalogue
public import Storage
public import StrictJSON

extension RecordVault {
    /// Restricts processing: all but the rights roles are answered ``VaultError/Code/restricted``.
    ///
    /// - Parameter body: As in docs/openapi.yaml, RestrictionSetting.
    public func restrict(
        _ proof: Authorized<RestrictProcessing>, _ id: RecordID, _ body: JSONValue
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard let members = body.members else {
                throw VaultError(.malformedRequest, pointer: "", .type)
            }
            try RecordDraft.refuseUnknown(members, allowed: ["ground"])
            guard let ground = body["ground"]?.text, ReasonCode.isValid(ground) else {
                throw VaultError(.invalidValue, pointer: "/ground", .format)
            }
            let old = try self.value(of: .restriction, in: record, Restriction.init)
            guard old?.ground != ground else { return nil }
            let restriction = Restriction(
                ground: ground, sinceSeconds: old?.sinceSeconds ?? self.clock.nowSeconds,
                recordedBy: proof.caller.principalText)
            return RightsChange(
                field: .restriction, json: restriction.json,
                logged: (RightsField.restriction.logName, "set"), closes: true)
        }
    }

    /// Lifts the restriction.
    public func liftRestriction(
        _ proof: Authorized<RestrictProcessing>, _ id: RecordID
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard try self.value(of: .restriction, in: record, Restriction.init) != nil else {
                return nil
            }
            return RightsChange(
                field: .restriction, json: nil,
                logged: (RightsField.restriction.logName, "lifted"), closes: false)
        }
    }

    /// Whether processing is restricted, since when, on what ground, and by whom.
    public func restriction(
        _ proof: Authorized<RestrictProcessing>, of id: RecordID, ticket: AnswerTicket
    ) async throws(VaultError) -> JSONValue {
        try await readRights(proof, id, .restriction) { record throws(VaultError) in
            let restriction = try self.value(of: .restriction, in: record, Restriction.init)
            return .object(
                [JSONMember("restricted", .bool(record.isRestricted))]
                    + (restriction?.json.members ?? []))
        }
    }
}
