import Catalogue
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct ObjectionTests {
    @Test func closesAPurposeWhileItStands() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        func read(_ purpose: String, _ caller: Caller) async throws {
            _ = try await opened.read(company, as: caller, purpose: purpose)
        }
        try await read("marketing", TestCaller.marketing)
        #expect(try await opened.object(company) == 2)
        let refused = await expectError(.notGranted) {
            try await read("marketing", TestCaller.marketing)
        }
        #expect(refused?.detail == "an objection to this purpose stands")
        // Other purposes are open still.
        try await read("billing", TestCaller.billing)
        try await read("payment-follow-up", TestCaller.billing)
        try await opened.object(company, to: "payment-follow-up")
        await expectError(.notGranted) { try await read("payment-follow-up", TestCaller.billing) }
        opened.clock.advance(seconds: 10)
        try await opened.liftObjection(company)
        try await read("marketing", TestCaller.marketing)
        await expectError(.notGranted) { try await read("payment-follow-up", TestCaller.billing) }
        #expect(
            try await opened.objections(company).map { "\($0.purpose) \($0.state)" } == [
                "marketing stands", "payment-follow-up stands", "marketing lifted",
            ])
        await opened.close()
    }

    @Test func repeatingIsNoChange() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        #expect(try await opened.liftObjection(company) == 1)
        #expect(try await opened.object(company) == 2)
        opened.clock.advance(seconds: 5)
        #expect(try await opened.object(company) == 2)
        #expect(
            try await opened.object(company, #"{"evidence":"letter of 3 May"}"#) == 3)
        #expect(try await opened.liftObjection(company) == 4)
        #expect(try await opened.liftObjection(company) == 4)
        let reasons = try await opened.audit().filter { $0["op"]?.text == "record-objection" }
            .compactMap { $0["reason"]?.text }
        #expect(
            reasons == [
                "no-change", "stands", "no-change", "stands", "lifted", "no-change",
            ])
        await opened.close()
    }

    @Test func onlyPurposesThatAreOpenToIt() async throws {
        let opened = try await VaultFiles.make().open()
        let person = try await opened.create(Person.body(1))
        for (purpose, rule) in [
            ("order", "not-objectionable"), ("marketing", "not-objectionable"),
            ("nonsense", "unknown-purpose"),
        ] {
            let error = await expectError(.invalidValue) {
                try await opened.object(person, to: purpose)
            }
            #expect(error?.failures.map(\.pointer) == ["/purpose"])
            #expect(error?.failures.map(\.rule) == [rule])
        }
        try await opened.object(person, to: "legitimate-interest")
        await opened.close()
    }

    /// A contact person who objects is left out; the others are shown.
    @Test func contactsWhoObjectAreLeftOut() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let first = try await opened.create(Person.contact(2, of: "\(company)"))
        let second = try await opened.create(Person.contact(3, of: "\(company)"))
        func contacts() async throws -> [RecordView] {
            let proof = try await opened.authorize(
                ReadRecords.self, TestCaller.marketing, "marketing")
            return try await opened.vault.contacts(
                proof, of: company, FieldSelection(), ticket: opened.ticket())
        }
        #expect(try await contacts().map(\.id) == [first, second])
        try await opened.object(first)
        #expect(try await contacts().map(\.id) == [second])
        try await opened.restrict(second)
        let restricted = try await contacts()
        #expect(restricted.map(\.id) == [second])
        #expect(restricted[0].texts.isEmpty && restricted[0].isRestricted)
        #expect(restricted[0].reasons == ["name": "restricted", "email": "restricted"])
        try await opened.restrict(company)
        await expectError(.restricted) { _ = try await contacts() }
        await opened.close()
    }

    @Test func explanationsSayIt() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let person = try await opened.create(Person.body(2))
        func refusal(
            _ id: RecordID, _ caller: Caller, _ purpose: String, _ field: String? = nil,
            _ operation: OperationKind = .read
        ) async throws -> String? {
            let proof = try await opened.authorize(ReadRoles.self, TestCaller.admin, nil)
            return try await opened.vault.explain(
                proof,
                AccessQuestion(
                    caller: caller, operation: operation, field: field, purpose: purpose),
                record: id, ticket: opened.ticket()
            ).refusal?.rawValue
        }
        let marketing = TestCaller.marketing
        #expect(try await refusal(company, marketing, "marketing") == nil)
        try await opened.object(company)
        #expect(try await refusal(company, marketing, "marketing") == "objection-stands")
        #expect(try await refusal(person, marketing, "marketing") == "consent-missing")
        try await opened.consent(person, "given")
        #expect(try await refusal(person, marketing, "marketing") == nil)
        try await opened.protect(person, until: "2027-11-22")
        let service = TestCaller.customerService
        #expect(try await refusal(person, service, "customer-service", "phone") == "protected")
        #expect(
            try await refusal(person, service, "customer-service", "phone", .search) == "protected")
        #expect(try await refusal(person, service, "customer-service", "email") == nil)
        let rights = "data-subject-rights"
        #expect(try await refusal(person, TestCaller.dpo, rights, "phone") == nil)
        try await opened.restrict(person)
        #expect(try await refusal(person, service, "customer-service") == "record-restricted")
        #expect(
            try await refusal(person, service, "customer-service", nil, .recordConsent)
                == "record-restricted")
        #expect(try await refusal(person, TestCaller.dpo, rights) == nil)
        await opened.close()
    }
}
