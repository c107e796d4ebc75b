import Catalogue
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// What logs and reports say of what was said, and the purposes that nothing opens.
@Suite struct RightsReportTests {
    @Test func theHistoryShowsIt() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(id, "given")
        try await opened.restrict(id)
        await expectError(.restricted) {
            _ = try await opened.read(
                id, as: TestCaller.customerService, purpose: "customer-service")
        }
        let proof = try await opened.authorize(ReadAudit.self, TestCaller.auditor, nil)
        func history(_ view: HistoryView) async throws -> [String] {
            let history = try await opened.vault.history(
                proof, of: id, view: view, after: 0, limit: 100)
            return history.entries.compactMap(\.entry).map {
                "\($0.operation) \($0.fields.joined()) \($0.outcome)"
            }
        }
        let said = ["record-consent consents/marketing ok", "restrict restriction ok"]
        #expect(try await history(.subject).dropFirst() == said[...])
        #expect(try await history(.full).dropFirst() == (said + ["read  restricted"])[...])
        await opened.close()
    }

    /// Whoever read consents, or who is protected, has touched the record; who wrote has not.
    @Test func aBreachScopeCountsWhatWasRead() async throws {
        let opened = try await VaultFiles.make().open()
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(2))
        try await opened.consent(first, "given")
        try await opened.protect(second, until: "2027-11-22")
        func scope() async throws -> JSONValue {
            let proof = try await opened.authorize(ReadAudit.self, TestCaller.auditor, nil)
            let now = opened.clock.seconds
            return try await opened.vault.breachScope(
                proof, of: .uid(1005), in: (now - 60)..<(now + 60))
        }
        #expect(try await scope()["records"]?.integer == 0)
        _ = try await opened.consents(first)
        _ = try await opened.protection(second)
        _ = try await opened.restriction(second)
        let touched = try await scope()
        #expect(touched["records"]?.integer == 2)
        #expect(touched["accesses"]?.integer == 3)
        #expect(
            touched["compartments"]
                == .array([try json(#"{"compartment":"@rights","records":2}"#)]))
        await opened.close()
    }

    /// No legal basis for a kind of record, no access to it, whatever a role says.
    @Test func aPurposeWithoutALegalBasisOpensNothing() async throws {
        let catalogue = try Catalogue.load(
            yaml: """
                version: 1
                controller: {name: Esimerkki Oy}
                purposes:
                  - {name: delivery, legalBases: {company: [contract]}}
                """)
        let opened = try await VaultFiles.make().open(
            .forTests.with { $0.catalogue = catalogue })
        let caller = TestCaller.caller(5000)
        try await opened.grantRole(
            "courier",
            """
            [{"operations":["read","search","verify","update","create","erase"],
              "fields":"all","view":"plain","purposes":["delivery"]},
             {"operations":["list","record-consent"],"purposes":["delivery"]}]
            """, to: caller)
        let person = try await opened.create(Person.body(1))
        let company = try await opened.create(Person.company(2))
        _ = try await opened.read(company, as: caller, purpose: "delivery")
        let refused = await expectError(.notGranted) {
            _ = try await opened.read(person, as: caller, purpose: "delivery")
        }
        #expect(refused?.detail == "this purpose has no legal basis for records of this kind")
        await expectError(.notGranted) {
            try await opened.create(Person.body(3), as: caller, purpose: "delivery")
        }
        await expectError(.notGranted) {
            try await opened.update(
                person, #"{"email":"a@b.fi"}"#, as: caller, purpose: "delivery")
        }
        await expectError(.notGranted) {
            try await opened.consent(person, "given", as: caller, for: "delivery")
        }
        let proof = try await opened.authorize(EraseRecord.self, caller, "delivery")
        await expectError(.notGranted) {
            _ = try await opened.vault.erase(proof, person, reason: "x", compartments: nil)
        }
        #expect(
            try await opened.find(
                "email", .string(Person.email(1)), as: caller, purpose: "delivery"
            ).isEmpty)
        #expect(
            try await opened.reachable(for: "delivery", as: caller, isFiltered: false)
                == [company])
        await opened.close()
    }
}
