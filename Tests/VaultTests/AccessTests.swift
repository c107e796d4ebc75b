import Catalogue
import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct AccessTests {
    @Test func withoutAGrantNothingIsAllowed() async throws {
        let opened = try await VaultFiles.make().open()
        await expectRefused(ReadRecords.self, TestCaller.nobody, "customer-service", opened)
        await expectRefused(CreateRecord.self, TestCaller.nobody, "order", opened)
        await expectRefused(ManageGrants.self, TestCaller.nobody, nil, opened)
        await expectRefused(ReadKeys.self, TestCaller.nobody, nil, opened)
        _ = try await opened.authorize(ReadKeys.self, TestCaller.admin, nil)
        // The id that the kernel shows for users it can't map gets nothing, whatever is granted.
        await expectError(.invalidValue) { try await opened.grant("uid:65534", "auditor") }
        await expectRefused(ReadAudit.self, TestCaller.caller(65534), nil, opened)
        await opened.close()
    }

    @Test func refusalsAreLoggedAndSummarisedForCallersWithoutAnyGrant() async throws {
        let opened = try await VaultFiles.make().open()
        func refusals(_ uid: UInt32) async throws -> [JSONValue] {
            try await opened.audit().filter {
                $0["uid"]?.integer == Int64(uid) && $0["outcome"]?.text == "not_granted"
            }
        }
        for _ in 0..<50 {
            await expectRefused(ReadRecords.self, TestCaller.nobody, "order", opened)
            await expectRefused(ReadRecords.self, TestCaller.auditor, "order", opened)
        }
        #expect(try await refusals(3000).count == 1)
        #expect(try await refusals(2001).count == 50)
        opened.clock.advance(seconds: 60)
        await expectRefused(ReadRecords.self, TestCaller.nobody, "order", opened)
        #expect(try await refusals(3000).last?["count"]?.integer == 50)
        await opened.close()
    }

    @Test func purposeIsMandatory() async throws {
        let opened = try await VaultFiles.make().open()
        for purpose in [nil, "", "unknown", "Korhonen"] {
            let code: VaultError.Code = purpose == nil ? .purposeRequired : .notGranted
            await expectError(code) {
                _ = try await opened.authorize(ReadRecords.self, TestCaller.dpo, purpose)
            }
        }
        // What a caller merely claims is not repeated in the log.
        #expect(try await opened.audit().suffix(4).allSatisfy { $0["purpose"] == nil })
        await expectRefused(ReadRecords.self, TestCaller.dpo, "billing", opened)
        _ = try await opened.authorize(ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        await opened.close()
    }

    @Test func rolesSeeTheirFieldsInTheirViews() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let service = try await opened.read(
            id, as: TestCaller.customerService, purpose: "customer-service")
        #expect(service["henkilotunnus"] == #""******-****""#)
        #expect(service["billing"] == nil && service["email"] == "\"\(Person.email(1))\"")
        let billing = try await opened.read(id, as: TestCaller.billing, purpose: "billing")
        #expect(billing["henkilotunnus"] == #""******-****""#)
        #expect(billing["billing"]?.contains("FI2112345600000785") == true)
        let all = try await opened.read(id, as: TestCaller.dpo)
        #expect(all["henkilotunnus"] == "\"\(Person.henkilotunnus(1))\"")
        #expect(all.count == 7)
        await expectRefused(ReadRecords.self, TestCaller.checkout, "order", opened)
        await expectRefused(ReadRecords.self, TestCaller.admin, "customer-service", opened)
        await opened.close()
    }

    @Test func viewsAreNeverMoreThanGranted() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        func read(_ selection: FieldSelection) async throws -> [String: String] {
            try await opened.view(
                id, selection, as: TestCaller.customerService, purpose: "customer-service"
            ).texts
        }
        let masked = try await read(FieldSelection(view: .masked))
        #expect(masked["name"] == #""A*** K***""#)
        #expect(masked["phone"] == #""***01""#)
        #expect(masked["email"]?.hasSuffix("example.fi\"") == true)
        #expect(masked["email"]?.contains("customer1") == false)
        let plain = try await read(FieldSelection(view: .plain))
        #expect(plain["henkilotunnus"] == nil && plain["name"] != nil)
        let error = await expectError(.notGranted) {
            _ = try await read(FieldSelection(fields: ["henkilotunnus"], view: .plain))
        }
        #expect(error?.field == "henkilotunnus")
        await expectError(.notGranted) { _ = try await read(FieldSelection(fields: ["billing"])) }
        await expectError(.unknownField) { _ = try await read(FieldSelection(fields: ["shoe"])) }
        #expect(try await read(FieldSelection(fields: ["email"])).count == 1)
        #expect(try await opened.audit().suffix(4).first?["outcome"]?.text == "not_granted")
        await opened.close()
    }

    @Test func writingNeedsThePlainView() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        for patch in [#"{"billing":{"method":"card"}}"#, #"{"henkilotunnus":null}"#] {
            await expectError(.notGranted) {
                try await opened.update(
                    id, patch, as: TestCaller.customerService, purpose: "customer-service")
            }
        }
        try await opened.update(
            id, #"{"email":"a@b.fi"}"#, as: TestCaller.customerService,
            purpose: "customer-service")
        await expectError(.notGranted) {
            try await opened.create(
                Person.body(2), as: TestCaller.customerService, purpose: "customer-service")
        }
        await opened.close()
    }

    @Test func consentPurposesAreClosedForPersons() async throws {
        let opened = try await VaultFiles.make().open()
        let person = try await opened.create(Person.body(1))
        let company = try await opened.create(Person.company(2))
        let contact = try await opened.create(Person.contact(3, of: "\(company)"))
        func read(_ id: RecordID) async throws -> [String: String] {
            try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        }
        await expectError(.notGranted) { _ = try await read(person) }
        #expect(try await opened.audit().last?["outcome"]?.text == "not_granted")
        #expect(try await read(company).keys.sorted() == ["name"])
        #expect(try await read(contact).keys.sorted() == ["email", "name"])
        let proof = try await opened.authorize(
            ListRecords.self, TestCaller.marketing, "marketing")
        let reachable = try await opened.vault.list(
            proof, isFiltered: false, after: nil, limit: 10, ticket: opened.ticket())
        #expect(Set(reachable.items.map(\.id)) == [company, contact])
        let rights = try await opened.authorize(
            ListRecords.self, TestCaller.dpo, "data-subject-rights")
        let all = try await opened.vault.list(
            rights, isFiltered: false, after: nil, limit: 10, ticket: opened.ticket())
        #expect(all.items.count == 3)
        await opened.close()
    }

    /// Every access has an entry, with who, what and for which purpose, and no value.
    @Test func accessIsLoggedWithoutValues() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        _ = try await opened.read(id)
        try await opened.update(id, #"{"email":"a@b.fi"}"#)
        _ = try await opened.find("email", .string("a@b.fi"))
        _ = try await opened.verify(id, Person.henkilotunnus(1))
        try await opened.erase(id)
        await expectError(.erased) { _ = try await opened.read(id) }
        let entries = try await opened.audit()
        let log = entries.filter { $0["record"]?.text == id.description }
        #expect(
            log.map { $0["op"]?.text } == [
                "create", "read", "update", "search", "verify", "erase", "read",
            ])
        #expect(log.map { $0["generation"]?.integer } == [1, 1, 2, 2, nil, nil, nil])
        #expect(log.last?["outcome"]?.text == "erased")
        let texts = try await opened.store.auditEntries(after: 0, limit: 1000).map {
            String(decoding: $0.leaf.entry, as: UTF8.self)
        }
        for value in ["Korhonen", "a@b.fi", Person.henkilotunnus(1), "Vasarakatu", "WC-1"] {
            #expect(!texts.contains { $0.contains(value) })
        }
        #expect(texts.contains { $0.contains("henkilotunnus") })
        await opened.close()
    }

    private func expectRefused<Operation: VaultOperation>(
        _ operation: Operation.Type, _ caller: Caller, _ purpose: String?, _ opened: OpenedVault,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await expectError(.notGranted, sourceLocation: sourceLocation) {
            _ = try await opened.authorize(operation, caller, purpose)
        }
    }
}
