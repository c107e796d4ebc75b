import Catalogue
import KeyManagement
public import Storage
public import StrictJSON

/// What became of ending a hold.
public struct EndedHold: Sendable {
    /// The record.
    public let id: RecordID
    /// Its version after it; `nil`: it is erased.
    public let version: UInt64?
    /// Of what waited for the hold; `nil`: nothing did.
    public let certificate: [UInt8]?
}

extension RecordVault {
    /// Holds compartments of a record back from erasure; set again, the new takes the place of the old.
    ///
    /// - Parameter body: As in docs/openapi.yaml, HoldSetting.
    public func setHold(
        _ proof: Authorized<ManageHolds>, _ id: RecordID, name: String, _ body: JSONValue
    ) async throws(VaultError) -> WrittenRecord {
        try await changeRights(proof, id) { record throws(VaultError) in
            guard ReasonCode.isValid(name) else {
                throw VaultError(.invalidValue, pointer: "/name", .format)
            }
            let now = self.clock.nowSeconds
            let hold = try HoldRequest(body, self.configuration.catalogue, atSeconds: now)
                .hold(name, by: proof.caller, atSeconds: now)
            var holds = try record.holds()
            guard holds[name].map({ !$0.says(hold) }) ?? true else { return nil }
            guard holds.set(hold) else {
                throw VaultError(
                    .conflict, detail: "a record takes \(Holds.maximum) holds, and has them")
            }
            return Self.change(to: holds, "set")
        }
    }

    /// Ends a hold; what waited for it and nothing else holds is destroyed before this returns.
    public func endHold(
        _ proof: Authorized<ManageHolds>, _ id: RecordID, name: String
    ) async throws(VaultError) -> EndedHold {
        let written = try await changeRights(proof, id) { record throws(VaultError) in
            var holds = try record.holds()
            guard holds[name] != nil else { return nil }
            holds.remove(name)
            return Self.change(to: holds, "ended")
        }
        guard try await awaitsErasure(id) else {
            return EndedHold(id: id, version: written.version, certificate: nil)
        }
        let certificate: [UInt8]?
        do throws(VaultError) {
            certificate = try await carryOut(.holdEnded(proof), id, wanted: nil)
        } catch {
            guard error.code != .outcomeUnknown else { throw error }
            try await recordFailure(error, of: ErasureOrder.holdEnded(proof).audit(of: id))
            throw error
        }
        return EndedHold(id: id, version: try await version(of: id), certificate: certificate)
    }

    private func awaitsErasure(_ id: RecordID) async throws(VaultError) -> Bool {
        let lookup = try await stored { () throws(StoreError) in try await store.record(id) }
        guard case .live(let record) = lookup else { return false }
        return try await open(record).box.flags.contains(.awaitsErasure)
    }

    /// `nil`: it is erased.
    private func version(of id: RecordID) async throws(VaultError) -> UInt64? {
        let lookup = try await stored { () throws(StoreError) in try await store.record(id) }
        guard case .live(let record) = lookup else { return nil }
        return record.generation
    }

    /// What holds a record, and what of an erasure waits for it.
    public func holds(
        _ proof: Authorized<ManageHolds>, of id: RecordID, ticket: AnswerTicket
    ) async throws(VaultError) -> JSONValue {
        try await readRights(proof, id, .holds) { record throws(VaultError) in
            let holds = try record.holds()
            let now = self.clock.nowSeconds
            return .object([
                JSONMember(
                    "items",
                    .array(
                        holds.all.map { hold in
                            .object(
                                (hold.json.members ?? []) + [
                                    JSONMember("active", .bool(hold.isActive(atSeconds: now)))
                                ])
                        })),
                JSONMember("next", .null),
                JSONMember("waitingErasure", try record.waitingErasure()?.json ?? .null),
            ])
        }
    }

    /// Refuses the removal of values from what is held.
    func checkUnheld(
        _ fields: [String], of record: borrowing OpenRecord
    ) throws(VaultError) {
        guard !fields.isEmpty else { return }
        let holds = try record.holds()
        let now = destruction.doubtedSince == nil ? clock.nowSeconds : .min
        for label in record.box.labels where label.fields.contains(where: fields.contains) {
            let compartment = Erasure.compartment(of: label.name)
            guard holds.keeping(compartment, atSeconds: now).isEmpty else {
                throw VaultError(.conflict, detail: "a hold keeps what is in \(compartment)")
            }
        }
    }

    private static func change(to holds: Holds, _ reason: String) -> RightsChange {
        RightsChange(
            field: .holds, json: holds.all.isEmpty ? nil : holds.json,
            logged: (RightsField.holds.logName, reason), closes: false)
    }
}
