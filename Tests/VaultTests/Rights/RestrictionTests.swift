import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct RestrictionTests {
    @Test func closesTheRecordToAllButTheRightsRoles() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.restriction(id) == json(#"{"restricted":false}"#))
        #expect(try await opened.restrict(id) == 2)
        let service = TestCaller.customerService
        let purpose = "customer-service"
        await expectError(.restricted) {
            _ = try await opened.read(id, as: service, purpose: purpose)
        }
        let proof = try await opened.authorize(ReadRecords.self, service, purpose)
        await expectError(.restricted) {
            _ = try await opened.vault.read(
                proof, [id], FieldSelection(), ticket: opened.ticket())[0].get()
        }
        await expectError(.restricted) {
            try await opened.update(id, #"{"email":"a@b.fi"}"#, as: service, purpose: purpose)
        }
        await expectError(.restricted) {
            _ = try await opened.verify(id, Person.henkilotunnus(1))
        }
        await expectError(.restricted) {
            try await opened.consent(id, "given", as: service, for: purpose)
        }
        await expectError(.restricted) {
            try await opened.object(id, to: "legitimate-interest", as: service, for: purpose)
        }
        let found = try await search(opened, "email", Person.email(1), service, purpose)
        #expect(found.map(\.id) == [id])
        #expect(found[0].texts.isEmpty && found[0].isRestricted)
        #expect(Set(found[0].reasons.values) == ["restricted"])
        #expect(found[0].reasons.keys.contains("ytunnus"), "not even what is there shows")
        // It is stored, and the rights roles have it.
        let view = try await opened.view(id)
        #expect(view.isRestricted && view.texts.count == 7)
        try await opened.consent(id, "given")
        #expect(
            try await opened.restriction(id)
                == json(
                    """
                    {"restricted":true,"since":"2026-11-22T12:00:00Z",\
                    "ground":"accuracy-contested","recordedBy":"uid:1005"}
                    """))
        #expect(try await opened.liftRestriction(id) == 4)
        let lifted = try await opened.view(id, as: service, purpose: purpose)
        #expect(!lifted.isRestricted && lifted.texts.count == 6)
        #expect(try await opened.consents(id).count == 1, "what else was said is kept")
        await opened.close()
        #expect(try await opened.files.check().findings.isEmpty)
    }

    @Test func keepsFromErasing() async throws {
        let opened = try await VaultFiles.make().open()
        let caller = TestCaller.caller(5000)
        try await opened.grantRole(
            "eraser",
            #"[{"operations":["erase"],"fields":"all","view":"plain","purposes":["customer-service"]}]"#,
            to: caller)
        let id = try await opened.create(Person.body(1))
        try await opened.restrict(id)
        let proof = try await opened.authorize(EraseRecord.self, caller, "customer-service")
        await expectError(.restricted) {
            _ = try await opened.vault.erase(proof, id, reason: "retention", compartments: nil)
        }
        await expectError(.restricted) {
            _ = try await opened.vault.erase(
                proof, id, reason: "retention", compartments: ["billing"])
        }
        #expect(try await opened.read(id).count == 7)
        try await opened.liftRestriction(id)
        _ = try await opened.vault.erase(
            proof, id, reason: "retention", compartments: ["billing"])
        try await opened.restrict(id)
        try await opened.erase(id)
        await expectError(.erased) { _ = try await opened.read(id) }
        await opened.close()
    }

    /// A box that does not open does not say whether the record is restricted.
    @Test func aDamagedRecordIsErasedByTheRightsRolesAlone() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let caller = TestCaller.caller(5000)
        try await opened.grantRole(
            "eraser",
            #"[{"operations":["erase"],"fields":"all","view":"plain","purposes":["customer-service"]}]"#,
            to: caller)
        let id = try await opened.create(Person.body(1))
        await opened.close()
        try files.execute("UPDATE key_boxes SET box = zeroblob(512)")
        opened = try await files.open()
        let proof = try await opened.authorize(EraseRecord.self, caller, "customer-service")
        await expectError(.damaged) {
            _ = try await opened.vault.erase(proof, id, reason: "retention", compartments: nil)
        }
        try await opened.erase(id)
        await opened.close()
    }

    @Test func setAgainReplacesAndLiftingTwiceIsNoChange() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.liftRestriction(id) == 1)
        try await opened.restrict(id)
        #expect(try await opened.restrict(id) == 2)
        opened.clock.advance(seconds: 60)
        #expect(try await opened.restrict(id, "objection-examined") == 3)
        let shown = try await opened.restriction(id)
        #expect(shown["ground"]?.text == "objection-examined")
        #expect(shown["since"]?.text == "2026-11-22T12:00:00Z")
        let before = try await opened.vault.dekIDs(of: id)
        #expect(try await opened.liftRestriction(id) == 4)
        #expect(try await opened.liftRestriction(id) == 4)
        let after = try await opened.vault.dekIDs(of: id)
        #expect(before.count == 5 && after.count == 4, "the compartment and its key are gone")
        for ground in ["Because I say so", ""] {
            await expectError(.invalidValue) { try await opened.restrict(id, ground) }
        }
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// What is removed leaves its key behind, and what stays gets a new one.
    @Test func liftingGivesTheRestANewKey() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(id, "given")
        try await opened.restrict(id)
        let before = try await opened.vault.dekIDs(of: id)
        try await opened.liftRestriction(id)
        let after = try await opened.vault.dekIDs(of: id)
        #expect(before[RightsField.label] != after[RightsField.label])
        #expect(before["identity"] == after["identity"])
        #expect(try await opened.store.segments().filter(\.isDirty).count == 1)
        _ = try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    private func search(
        _ opened: OpenedVault, _ field: String, _ value: String, _ caller: Caller,
        _ purpose: String
    ) async throws -> [RecordView] {
        let proof = try await opened.authorize(SearchRecords.self, caller, purpose)
        return try await opened.vault.search(
            proof, [SearchQuery(field: field, value: .string(value))], FieldSelection(),
            limit: 10, ticket: opened.ticket())[0].get().records
    }
}

extension RecordVault {
    /// The id of each compartment's key.
    func dekIDs(of id: RecordID) async throws -> [String: UInt64] {
        let record = try await open(live(id))
        return Dictionary(
            uniqueKeysWithValues: record.box.labels.map { ($0.name, $0.dekID) })
    }
}
