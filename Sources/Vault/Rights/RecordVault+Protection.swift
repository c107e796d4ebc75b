import Catalogue
public import Storage
public import StrictJSON

extension RecordVault {
    /// Protects a person's whereabouts: address and phone are withheld from all whose grants do not
    /// say `protected`. It ends by itself; set again, the new end takes the place of the old.
    ///
    /// - Parameter body: As in docs/openapi.yaml, ProtectionSetting.
    public func protect(
        _ proof: Authorized<ProtectRecord>, _ id: RecordID, _ body: JSONValue
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard let members = body.members else {
                throw VaultError(.malformedRequest, pointer: "", .type)
            }
            try RecordDraft.refuseUnknown(members, allowed: ["until"])
            let now = self.clock.nowSeconds
            guard let until = body["until"]?.text.flatMap(EndOfTime.seconds) else {
                throw VaultError(.invalidValue, pointer: "/until", .date)
            }
            guard until > now else { throw VaultError(.invalidValue, pointer: "/until", .past) }
            let old = try self.value(of: .protection, in: record, Protection.init)
            guard old?.untilSeconds != until else { return nil }
            let protection = Protection(
                untilSeconds: until, sinceSeconds: now,
                recordedBy: proof.caller.principalText)
            return RightsChange(
                field: .protection, json: protection.json,
                logged: (RightsField.protection.logName, "set"), closes: true)
        }
    }

    /// Ends the protection before its time.
    public func endProtection(
        _ proof: Authorized<ProtectRecord>, _ id: RecordID
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard try self.value(of: .protection, in: record, Protection.init) != nil else {
                return nil
            }
            return RightsChange(
                field: .protection, json: nil,
                logged: (RightsField.protection.logName, "ended"), closes: false)
        }
    }

    /// Whether the person is protected now, until when, since when, and by whom.
    public func protection(
        _ proof: Authorized<ProtectRecord>, of id: RecordID, ticket: AnswerTicket
    ) async throws(VaultError) -> JSONValue {
        try await readRights(proof, id, .protection) { record throws(VaultError) in
            let protection = try self.value(of: .protection, in: record, Protection.init)
            let isProtected = record.isProtected(atSeconds: self.clock.nowSeconds)
            return .object(
                [JSONMember("protected", .bool(isProtected))] + (protection?.json.members ?? []))
        }
    }
}
