import Catalogue
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct RecordTests {
    @Test func createdRecordReadsBackNormalised() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(
            try json(
                """
                {"kind":"person","source":"authority:dvv","sources":{"phone":"company-contact"},
                "fields":{"name":{"given":"Aino","family":"Korhonen"},"phone":"040 123 4567",
                "henkilotunnus":"\(Person.henkilotunnus(1).lowercased())",
                "billing":{"iban":"FI21 1234 5600 0007 85"},"email":null}}
                """))
        let view = try await opened.view(id, FieldSelection(includesSources: true))
        #expect(view.kind == .person && view.version == 1 && view.company == nil)
        #expect(
            view.texts == [
                "name": #"{"given":"Aino","family":"Korhonen"}"#, "phone": #""+358401234567""#,
                "henkilotunnus": "\"\(Person.henkilotunnus(1))\"",
                "billing": #"{"iban":"FI2112345600000785"}"#,
            ])
        let sources = Dictionary(uniqueKeysWithValues: view.sources.map { ($0.field, $0.label) })
        #expect(sources["phone"] == "company-contact")
        #expect(sources["name"] == "authority:dvv")
        await opened.close()
    }

    @Test(arguments: [
        (#"[]"#, VaultError.Code.malformedRequest), (#"{"kind":"person"}"#, .invalidValue),
        (#"{"kind":"dog","fields":{}}"#, .invalidValue),
        (#"{"kind":"person","fields":{}}"#, .invalidValue),
        (#"{"kind":"person","fields":{"name":{"family":"A"}},"extra":1}"#, .malformedRequest),
        (#"{"kind":"person","fields":{"name":{"family":"A"},"shoeSize":44}}"#, .unknownField),
        (
            #"{"kind":"person","fields":{"name":{"family":"A"},"ytunnus":"2077474-0"}}"#,
            .invalidValue
        ),
        (#"{"kind":"person","fields":{"name":{"family":"A"},"email":"no"}}"#, .invalidValue),
        (#"{"kind":"person","fields":{"name":{"family":"A"}},"company":"x"}"#, .invalidValue),
        (#"{"kind":"contact","fields":{"name":{"family":"A"}}}"#, .invalidValue),
        (
            #"{"kind":"contact","fields":{"name":{"family":"A"}},"#
                + #""company":"0190b7e4-0000-7000-8000-000000000001"}"#, .invalidValue
        ),
        (#"{"kind":"person","fields":{"name":{"family":"A"}},"source":"me"}"#, .invalidValue),
        (
            #"{"kind":"person","fields":{"name":{"family":"A"}},"sources":{"email":"subject"}}"#,
            .invalidValue
        ),
    ])
    func wrongBodiesAreRefusedAndLogged(body: String, code: VaultError.Code) async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(code) { try await opened.create(try json(body)) }
        #expect(try await opened.audit().last?["outcome"]?.text == code.rawValue)
        #expect(try await opened.store.counts().records == 0)
        try await opened.create(try json(#"{"kind":"person","fields":{"name":{"family":"A"}}}"#))
        #expect(try await opened.store.counts().records == 1)
        await opened.close()
    }

    @Test func mergePatchChangesWhatItNames() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let before = try await opened.read(id)
        let editor = try await opened.editor()
        let version = try await opened.update(
            id, #"{"address":{"street":"Uusikatu 3","streetAdditional":"B 2"},"email":"a@b.fi"}"#,
            as: editor, purpose: "statutory")
        #expect(version == 2)
        var expected = before
        expected["address"] =
            #"{"street":"Uusikatu 3","streetAdditional":"B 2","postalCode":"40320","#
            + #""city":"Jyväskylä","country":"FI"}"#
        expected["email"] = #""a@b.fi""#
        #expect(try await opened.read(id) == expected)
        try await opened.update(
            id, #"{"address":{"streetAdditional":null},"billing":null}"#, as: editor,
            purpose: "statutory")
        expected["address"] =
            #"{"street":"Uusikatu 3","postalCode":"40320","city":"Jyväskylä","country":"FI"}"#
        expected["billing"] = nil
        #expect(try await opened.read(id) == expected)
        #expect(try await opened.view(id).version == 3)
        await opened.close()
        #expect(try await opened.files.check().findings.isEmpty)
    }

    @Test func emptyPatchChangesNothing() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.bare(1))
        #expect(try await opened.update(id, "{}") == 1)
        #expect(try await opened.update(id, #"{"email":null}"#) == 1)
        #expect(try await opened.update(id, #"{"email":"a@b.fi"}"#) == 2)
        await opened.close()
    }

    @Test func requiredFieldsCantBeRemoved() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        await expectError(.invalidValue) { try await opened.update(id, #"{"name":null}"#) }
        await expectError(.unknownField) { try await opened.update(id, #"{"shoe":1}"#) }
        #expect(try await opened.view(id).version == 1)
        try await opened.update(id, #"{"reference":null}"#)
        await opened.close()
    }

    @Test(arguments: [
        (#"{"email":null}"#, true), (#"{"billing":{"iban":null}}"#, true),
        (#"{"address":{"streetAdditional":null}}"#, false), (#"{"phone":"+358401111111"}"#, false),
    ])
    func removalGivesTheCompartmentANewKey(patch: String, isRemoval: Bool) async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let before = try await box(id, opened)
        #expect(try await opened.store.counts().dirtySegments == 0)
        try await opened.update(
            id, patch, as: opened.editor(), purpose: "statutory")
        let after = try await box(id, opened)
        let isBilling = patch.contains("billing")
        for (name, label) in after {
            let isTouched = name == (isBilling ? "billing" : "contact")
            #expect(label.version == (isTouched ? 2 : 1), "\(name)")
            #expect((label.dekID != before[name]?.dekID) == (isTouched && isRemoval), "\(name)")
        }
        #expect(try await opened.store.counts().dirtySegments == (isRemoval ? 1 : 0))
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func compartmentThatComesBackHasANewKeyAndAHigherVersion() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let first = try await box(id, opened)["billing"]
        try await opened.update(id, #"{"billing":null}"#)
        #expect(try await box(id, opened)["billing"] == nil)
        try await opened.update(id, #"{"billing":{"method":"card"}}"#)
        let second = try await box(id, opened)["billing"]
        #expect(second?.dekID != first?.dekID)
        #expect((second?.version ?? 0) > (first?.version ?? 0))
        #expect(try await opened.read(id)["billing"] == #"{"method":"card"}"#)
        await opened.close()
    }

    @Test func noKeyIsSharedByRecordsOrCompartments() async throws {
        let opened = try await VaultFiles.make().open()
        var ids: Set<UInt64> = []
        for number in 0..<20 {
            let id = try await opened.create(Person.body(number))
            ids.formUnion(try await box(id, opened).values.map(\.dekID))
        }
        #expect(ids.count == 80)
        await opened.close()
    }

    @Test func ifMatchIsHeldAgainstTheVersion() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.update(id, #"{"email":"a@b.fi"}"#, ifMatch: 1)
        let error = await expectError(.versionMismatch) {
            try await opened.update(id, #"{"email":"c@d.fi"}"#, ifMatch: 1)
        }
        #expect(error?.version == 2)
        #expect(try await opened.read(id)["email"] == #""a@b.fi""#)
        try await opened.update(id, #"{"email":"c@d.fi"}"#, ifMatch: 2)
        await opened.close()
    }

    /// Two changes of the same version at once: with If-Match one wins, without both are made.
    @Test func updatesAtOnce() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let gate = opened.store.hold(.afterRead(id))
        async let late = opened.update(id, #"{"email":"late@b.fi"}"#)
        await gate.arrival()
        try await opened.update(id, #"{"phone":"+358401111111"}"#)
        gate.open()
        #expect(try await late == 3)
        let fields = try await opened.read(id)
        #expect(fields["email"] == #""late@b.fi""# && fields["phone"] == #""+358401111111""#)
        let second = opened.store.hold(.afterRead(id))
        async let refused = opened.update(id, #"{"email":"no@b.fi"}"#, ifMatch: 3)
        await second.arrival()
        try await opened.update(id, #"{"phone":"+358402222222"}"#, ifMatch: 3)
        second.open()
        do {
            _ = try await refused
            Issue.record("both had the same version")
        } catch let error as VaultError {
            #expect(error.code == .versionMismatch && error.version == 4)
        }
        await opened.close()
    }

    @Test func unknownRecordsAreUnknown() async throws {
        let opened = try await VaultFiles.make().open()
        let id = RecordID(milliseconds: 1, random: (1, 1))
        await expectError(.unknownRecord) { _ = try await opened.read(id) }
        await expectError(.unknownRecord) { try await opened.update(id, "{}") }
        await expectError(.unknownRecord) { try await opened.erase(id) }
        #expect(
            try await opened.audit().suffix(3).allSatisfy {
                $0["outcome"]?.text == "unknown_record" && $0["record"]?.text == id.description
            })
        await opened.close()
    }

    @Test func contactsOfACompany() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let other = try await opened.create(Person.company(2))
        var contacts: Set<RecordID> = []
        for number in 10..<14 {
            contacts.insert(try await opened.create(Person.contact(number, of: "\(company)")))
        }
        try await opened.create(Person.contact(20, of: "\(other)"))
        let person = try await opened.create(Person.body(30))
        await expectError(.invalidValue) {
            try await opened.create(Person.contact(31, of: "\(person)"))
        }
        let proof = try await opened.authorize(
            ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        let found = try await opened.vault.contacts(
            proof, of: company, FieldSelection(fields: ["name", "email"]),
            ticket: opened.ticket())
        #expect(Set(found.map(\.id)) == contacts)
        #expect(found.allSatisfy { $0.company == company && $0.texts.count == 2 })
        try await opened.erase(contacts.removeFirst())
        let rest = try await opened.vault.contacts(
            proof, of: company, FieldSelection(), ticket: opened.ticket())
        #expect(Set(rest.map(\.id)) == contacts)
        #expect(
            try await opened.vault.contacts(
                proof, of: person, FieldSelection(), ticket: opened.ticket()
            ).isEmpty)
        await opened.close()
    }

    @Test func batchReadAnswersEachForItself() async throws {
        let opened = try await VaultFiles.make().open()
        let first = try await opened.create(Person.body(1))
        let erased = try await opened.create(Person.body(2))
        try await opened.erase(erased)
        let unknown = RecordID(milliseconds: 1, random: (1, 1))
        let proof = try await opened.authorize(
            ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        let results = try await opened.vault.read(
            proof, [unknown, first, erased, first], FieldSelection(fields: ["name"]),
            ticket: opened.ticket())
        #expect(results.count == 4)
        #expect(code(results[0]) == .unknownRecord && code(results[2]) == .erased)
        #expect(try results[1].get().id == first && results[3].get().id == first)
        let log = try await opened.audit().suffix(4)
        #expect(
            log.map { $0["outcome"]?.text } == ["unknown_record", "ok", "erased", "ok"])
        await opened.close()
    }

    private func code(_ result: Result<RecordView, VaultError>) -> VaultError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    private struct Label {
        let dekID: UInt64
        let version: UInt32
    }

    private func box(_ id: RecordID, _ opened: OpenedVault) async throws -> [String: Label] {
        let record = try await opened.vault.open(opened.vault.live(id))
        return Dictionary(
            uniqueKeysWithValues: record.box.labels.map {
                ($0.name, Label(dekID: $0.dekID, version: $0.version))
            })
    }
}
