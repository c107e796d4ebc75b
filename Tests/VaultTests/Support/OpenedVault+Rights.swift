import Storage
import StrictJSON

@testable import Vault

/// What the rights roles do with a record.
extension OpenedVault {
    @discardableResult
    func consent(
        _ id: RecordID, _ state: String, to purpose: String = "marketing", _ further: String = "",
        as caller: Caller = TestCaller.dpo, for access: String = "data-subject-rights"
    ) async throws -> UInt64 {
        let proof = try await authorize(RecordConsent.self, caller, access)
        return try await vault.recordConsent(
            proof, id, json(#"{"purpose":"\#(purpose)","state":"\#(state)"\#(further)}"#)
        ).version
    }

    func consents(_ id: RecordID) async throws -> [Consent] {
        let proof = try await authorize(ReadConsents.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.consents(proof, of: id, ticket: ticket())
    }

    @discardableResult
    func object(
        _ id: RecordID, to purpose: String = "marketing", _ body: String = "{}",
        as caller: Caller = TestCaller.dpo, for access: String = "data-subject-rights"
    ) async throws -> UInt64 {
        let proof = try await authorize(RecordObjection.self, caller, access)
        return try await vault.recordObjection(proof, id, to: purpose, json(body)).version
    }

    @discardableResult
    func liftObjection(_ id: RecordID, to purpose: String = "marketing") async throws -> UInt64 {
        let proof = try await authorize(
            RecordObjection.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.liftObjection(proof, id, to: purpose).version
    }

    func objections(_ id: RecordID) async throws -> [Objection] {
        let proof = try await authorize(ReadConsents.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.objections(proof, of: id, ticket: ticket())
    }

    @discardableResult
    func restrict(_ id: RecordID, _ ground: String = "accuracy-contested") async throws -> UInt64 {
        let proof = try await authorize(
            RestrictProcessing.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.restrict(proof, id, json(#"{"ground":"\#(ground)"}"#)).version
    }

    @discardableResult
    func liftRestriction(_ id: RecordID) async throws -> UInt64 {
        let proof = try await authorize(
            RestrictProcessing.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.liftRestriction(proof, id).version
    }

    func restriction(_ id: RecordID) async throws -> JSONValue {
        let proof = try await authorize(
            RestrictProcessing.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.restriction(proof, of: id, ticket: ticket())
    }

    @discardableResult
    func protect(_ id: RecordID, until: String) async throws -> UInt64 {
        let proof = try await authorize(
            ProtectRecord.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.protect(proof, id, json(#"{"until":"\#(until)"}"#)).version
    }

    @discardableResult
    func endProtection(_ id: RecordID) async throws -> UInt64 {
        let proof = try await authorize(
            ProtectRecord.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.endProtection(proof, id).version
    }

    func protection(_ id: RecordID) async throws -> JSONValue {
        let proof = try await authorize(
            ProtectRecord.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.protection(proof, of: id, ticket: ticket())
    }

    func protections(endingBefore seconds: Int64) async throws -> [ListedProtection] {
        let proof = try await authorize(
            ProtectRecord.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.protections(
            proof, endingBefore: seconds, after: nil, limit: 100, ticket: ticket()
        ).items
    }

    /// Whom a purpose may reach now.
    func reachable(
        for purpose: String = "marketing", as caller: Caller = TestCaller.marketing,
        isFiltered: Bool = true, limit: Int = 100
    ) async throws -> [RecordID] {
        let proof = try await authorize(ListRecords.self, caller, purpose)
        var ids: [RecordID] = []
        var next: RecordID?
        repeat {
            let page = try await vault.list(
                proof, isFiltered: isFiltered, after: next, limit: limit, ticket: ticket())
            ids += page.items.map(\.id)
            next = page.next
        } while next != nil
        return ids
    }

    /// Sets a role of data, and grants it.
    func grantRole(_ name: String, _ permissions: String, to caller: Caller) async throws {
        let proof = try await authorize(ManageRoles.self, TestCaller.admin, nil)
        _ = try await vault.setRole(
            proof, named: name,
            json(#"{"kind":"data","reason":"test","permissions":\#(permissions)}"#))
        try await grant("uid:\(caller.uid)", name)
    }
}
