import Foundation
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// Old rights put back: alone they close what they opened; with their box `check` finds them.
@Suite struct RightsRollbackTests {
    /// Makes a change, and puts the row from before it back.
    private func rolledBack(
        _ record: JSONValue, before: (OpenedVault, RecordID) async throws -> Void,
        after: (OpenedVault, RecordID) async throws -> Void
    ) async throws -> (VaultFiles, RecordID) {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(record)
        try await before(opened, id)
        await opened.close()
        let old = try files.row(of: id)
        opened = try await files.open()
        opened.clock.advance(seconds: 60)
        try await after(opened, id)
        await opened.close()
        try files.setRow(old, of: id)
        return (files, id)
    }

    @Test func anOldConsentAloneOpensNothing() async throws {
        let (files, id) = try await rolledBack(Person.body(1)) { opened, id in
            try await opened.consent(id, "given")
        } after: { opened, id in
            try await opened.consent(id, "withdrawn")
        }
        let opened = try await files.open()
        await expectError(.notGranted) {
            _ = try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        }
        #expect(try await opened.reachable().isEmpty)
        await expectError(.damaged) { _ = try await opened.consents(id) }
        // The record's data is none the worse.
        #expect(try await opened.read(id).count == 7)
        await opened.close()
        #expect(try await files.check().findings.map(\.kind) == ["stale"])
    }

    @Test func anOldRowWithoutTheObjectionOpensNothing() async throws {
        for before in [false, true] {
            let (files, id) = try await rolledBack(Person.company(1)) { opened, id in
                if before {
                    try await opened.object(id, to: "payment-follow-up")
                    try await opened.liftObjection(id, to: "payment-follow-up")
                }
            } after: { opened, id in
                try await opened.object(id)
            }
            let opened = try await files.open()
            await expectError(.notGranted) {
                _ = try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
            }
            #expect(try await opened.reachable().isEmpty)
            await opened.close()
            #expect(try await !files.check().findings.isEmpty)
        }
    }

    @Test func anOldRowWithoutTheRestrictionIsRestricted() async throws {
        let (files, id) = try await rolledBack(Person.body(1)) { opened, id in
            try await opened.consent(id, "given")
        } after: { opened, id in
            try await opened.restrict(id)
        }
        let opened = try await files.open()
        await expectError(.restricted) {
            _ = try await opened.read(
                id, as: TestCaller.customerService, purpose: "customer-service")
        }
        #expect(try await opened.view(id).isRestricted)
        await opened.close()
    }

    @Test func anOldProtectionHolds() async throws {
        let (files, id) = try await rolledBack(Person.body(1)) { opened, id in
            try await opened.protect(id, until: "2026-11-22T12:00:30Z")
        } after: { opened, id in
            try await opened.protect(id, until: "2027-11-22")
        }
        let opened = try await files.open()
        let view = try await opened.view(
            id, as: TestCaller.customerService, purpose: "customer-service")
        #expect(view.reasons == ["address": "protected", "phone": "protected"])
        #expect(
            try await opened.protections(endingBefore: 0) == [
                ListedProtection(id: id, untilSeconds: nil)
            ])
        await opened.close()
    }

    /// The box from before knows no objection: its row is no longer of its layout.
    @Test func anOldBoxAloneOpensNothing() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.company(1))
        await opened.close()
        let old = try files.box(of: id)
        opened = try await files.open()
        try await opened.object(id)
        await opened.close()
        try files.setBox(old, of: id)
        opened = try await files.open()
        await expectError(.notGranted) {
            _ = try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        }
        #expect(try await opened.reachable().isEmpty)
        await opened.close()
    }

    @Test(arguments: ["consent", "objection", "restriction", "protection"])
    func rowAndBoxTogetherAreFoundByCheck(what: String) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let person = try await opened.create(Person.body(1))
        let company = try await opened.create(Person.company(2))
        try await opened.consent(person, "given")
        let id = what == "objection" ? company : person
        await opened.close()
        let old = try (files.box(of: id), files.row(of: id))
        opened = try await files.open()
        switch what {
        case "consent": try await opened.consent(id, "withdrawn")
        case "objection": try await opened.object(id)
        case "restriction": try await opened.restrict(id)
        default: try await opened.protect(id, until: "2027-11-22")
        }
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        try files.setBox(old.0, of: id)
        try files.setRow(old.1, of: id)
        let findings = try await files.check().findings
        #expect(findings.map(\.kind) == ["rolled-back"])
        #expect(findings.first?.place.contains("record \(id)") == true)
    }

    /// Another box and row of the right generation, which the log does not know.
    @Test func whatTheLogDoesNotKnowIsFoundAfterARead() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let forged = try await forgedRestriction(of: id, opened.vault)
        try await opened.restrict(id)
        // A look at the restriction is logged under the same operation, and is no change.
        _ = try await opened.restriction(id)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        try files.setBox(
            VaultFiles.Box(generation: Int64(forged.generation), bytes: Data(forged.box)), of: id)
        try files.setRow(forged.fields, of: id)
        #expect(try await files.check().findings.map(\.kind) == ["not-as-logged"])
    }

    /// A record of the next generation that was sealed and never committed.
    private func forgedRestriction(
        of id: RecordID, _ vault: RecordVault
    ) async throws -> StoredRecord {
        let record = try await vault.open(vault.live(id))
        let restriction = Restriction(ground: "forged", sinceSeconds: 0, recordedBy: "uid:0")
        return try RightsChange(
            field: .restriction, json: restriction.json, logged: ("restriction", "set"),
            closes: true
        ).prepare(record, keys: vault.keyUse, vault: vault).stored
    }
}
