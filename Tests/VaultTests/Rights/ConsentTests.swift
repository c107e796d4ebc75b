import Catalogue
import Foundation
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct ConsentTests {
    private func marketing(_ opened: OpenedVault, _ id: RecordID) async throws -> [String: String] {
        try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
    }

    @Test func opensARecordOnlyWhileItStands() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let other = try await opened.create(Person.body(2))
        let refused = await expectError(.notGranted) { _ = try await marketing(opened, id) }
        #expect(refused?.detail == "no consent stands for this purpose")
        #expect(try await opened.consent(id, "given") == 2)
        #expect(try await marketing(opened, id).keys.sorted() == ["email", "name"])
        await expectError(.notGranted) { _ = try await marketing(opened, other) }
        opened.clock.advance(seconds: 60)
        try await opened.consent(id, "withdrawn")
        await expectError(.notGranted) { _ = try await marketing(opened, id) }
        opened.clock.advance(seconds: 60)
        try await opened.consent(id, "given")
        #expect(try await marketing(opened, id).count == 2)
        #expect(try await opened.consents(id).map(\.state) == [.given, .withdrawn, .given])
        #expect(try await opened.consents(other).isEmpty)
        await opened.close()
    }

    /// A consent to one purpose opens no other, and search and batches obey as reads do.
    @Test func everyWayInObeys() async throws {
        let opened = try await VaultFiles.make().open()
        try await opened.grantRole(
            "campaign",
            #"[{"operations":["read","search","verify","update"],"fields":"all","view":"plain","purposes":["marketing"]}]"#,
            to: TestCaller.caller(5000))
        let caller = TestCaller.caller(5000)
        let id = try await opened.create(Person.body(1))
        func find() async throws -> [RecordID] {
            try await opened.find(
                "email", .string(Person.email(1)), as: caller, purpose: "marketing")
        }
        func readBatch() async throws -> Result<RecordView, VaultError> {
            let proof = try await opened.authorize(ReadRecords.self, caller, "marketing")
            return try await opened.vault.read(
                proof, [id], FieldSelection(), ticket: opened.ticket())[0]
        }
        #expect(try await find().isEmpty)
        await expectError(.notGranted) { _ = try await readBatch().get() }
        await expectError(.notGranted) {
            _ = try await opened.verify(
                id, Person.email(1), field: "email", as: caller, purpose: "marketing")
        }
        await expectError(.notGranted) {
            try await opened.update(
                id, #"{"email":"a@b.fi"}"#, as: caller, purpose: "marketing")
        }
        try await opened.consent(id, "given")
        #expect(try await find() == [id])
        _ = try await readBatch().get()
        #expect(
            try await opened.verify(
                id, Person.email(1), field: "email", as: caller, purpose: "marketing"))
        try await opened.update(id, #"{"email":"a@b.fi"}"#, as: caller, purpose: "marketing")
        await opened.close()
    }

    /// A consent on paper, filed late, does not outlive the withdrawal that came after it.
    @Test func whatIsFiledLateDoesNotOutliveItsWithdrawal() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let now = opened.clock.seconds
        func at(_ seconds: Int64) -> String {
            #","at":"\#(Timestamp.text(seconds: seconds))""#
        }
        try await opened.consent(id, "withdrawn", at(now - 100))
        try await opened.consent(id, "given", at(now - 200))
        await expectError(.notGranted) { _ = try await marketing(opened, id) }
        try await opened.consent(id, "given", at(now - 50))
        _ = try await marketing(opened, id)
        // A withdrawal with a wrong, older time withdraws all the same.
        try await opened.consent(id, "withdrawn", at(now - 300))
        await expectError(.notGranted) { _ = try await marketing(opened, id) }
        await opened.close()
    }

    @Test func historyKeepsSourceAndEvidenceSealed() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(
            id, "given", #","source":"third-party:fair","evidence":"form 12, signed Korhonen""#,
            as: TestCaller.checkout, for: "order")
        let entry = try #require(try await opened.consents(id).first)
        #expect(entry.source == "third-party:fair")
        #expect(entry.evidence == "form 12, signed Korhonen")
        #expect(entry.recordedBy == "uid:1004")
        #expect(entry.atSeconds == opened.clock.seconds)
        let logged = try #require(
            try await opened.audit().first { $0["op"]?.text == "record-consent" })
        #expect(logged["fields"]?.items == [.string("consents/marketing")])
        #expect(logged["reason"]?.text == "given")
        #expect(logged["generation"]?.integer == 2)
        #expect(logged["digest"] != nil)
        let entries = try await opened.store.auditEntries(after: 0, limit: 1000)
        #expect(
            !entries.contains {
                String(decoding: $0.leaf.entry, as: UTF8.self).contains("form 12")
            })
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        #expect(try !files.copyDatabase().contains(Data("form 12".utf8)))
    }

    /// Nobody sees the compartment as data, and what changes data leaves it as it is.
    @Test func isNoDataAndSurvivesUpdates() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(id, "given")
        try await opened.update(id, #"{"billing":null}"#)
        try await opened.update(id, #"{"email":"a@b.fi","billing":{"method":"card"}}"#)
        #expect(try await opened.read(id).count == 7)
        #expect(!(try await opened.read(id).keys.contains { $0.hasPrefix("@") }))
        await expectError(.unknownField) {
            _ = try await opened.view(id, FieldSelection(fields: ["@consents"]))
        }
        await expectError(.unknownField) {
            try await opened.update(id, #"{"@consents":[]}"#)
        }
        await expectError(.invalidValue) {
            try await opened.erase(id, compartments: [RightsField.label])
        }
        #expect(try await marketing(opened, id)["email"] == #""a@b.fi""#)
        #expect(try await opened.find("email", .string("a@b.fi")) == [id])
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func anErasureOfAllDataTakesItAlong() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(2))
        for id in [first, second] { try await opened.consent(id, "given") }
        let whole = try await opened.erase(
            first, compartments: ["identity", "nationalId", "contact", "billing"])
        #expect(whole["shredded"]?.items?.first == .string("@rights"))
        #expect(whole["keysDestroyed"]?.integer == 5)
        await expectError(.erased) { _ = try await opened.consents(first) }
        let part = try await opened.erase(second, compartments: ["nationalId", "billing"])
        #expect(part["keysDestroyed"]?.integer == 2)
        #expect(try await marketing(opened, second).count == 2)
        try await opened.erase(second)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test(arguments: [
        (#"{"state":"given"}"#, "/purpose", "required"),
        (#"{"purpose":"nonsense","state":"given"}"#, "/purpose", "unknown-purpose"),
        (#"{"purpose":"order","state":"given"}"#, "/purpose", "no-consent"),
        (#"{"purpose":"marketing","state":"maybe"}"#, "/state", "format"),
        (
            #"{"purpose":"marketing","state":"given","at":"2026-11-22T12:02:00Z"}"#, "/at",
            "future"
        ),
        (#"{"purpose":"marketing","state":"given","at":"yesterday"}"#, "/at", "date"),
        (#"{"purpose":"marketing","state":"given","source":"a friend"}"#, "/source", "source"),
        (#"{"purpose":"marketing","state":"given","evidence":""}"#, "/evidence", "empty"),
        (#"{"purpose":"marketing","state":"given","evidence":7}"#, "/evidence", "type"),
    ])
    func whatIsWrongIsRefused(body: String, pointer: String, rule: String) async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let proof = try await opened.authorize(
            RecordConsent.self, TestCaller.dpo, "data-subject-rights")
        let error = await expectError(.invalidValue) {
            _ = try await opened.vault.recordConsent(proof, id, json(body))
        }
        #expect(error?.failures.map(\.pointer) == [pointer])
        #expect(error?.failures.map(\.rule) == [rule])
        #expect(try await opened.consents(id).isEmpty)
        await opened.close()
    }

    @Test func companiesGiveNoConsentToMarketing() async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let error = await expectError(.invalidValue) {
            try await opened.consent(company, "given")
        }
        #expect(error?.failures.map(\.rule) == ["no-consent"])
        await opened.close()
    }

    /// A full history takes no further consent, and every withdrawal.
    @Test(arguments: ["", #","evidence":"\#(String(repeating: "ä", count: 500))""#])
    func aFullHistoryStillClosesPurposes(evidence: String) async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        var count = 0
        while count < 300 {
            opened.clock.advance(seconds: 1)
            do {
                try await opened.consent(id, "given", evidence)
                count += 1
            } catch let error as VaultError {
                #expect(error.code == .conflict)
                break
            }
        }
        #expect(evidence.isEmpty ? count == 200 : 20..<40 ~= count)
        _ = try await marketing(opened, id)
        opened.clock.advance(seconds: 1)
        try await opened.consent(
            id, "withdrawn", #","evidence":"\#(String(repeating: "😀", count: 500))""#)
        await expectError(.notGranted) { _ = try await marketing(opened, id) }
        for state in ["given", "withdrawn"] {
            opened.clock.advance(seconds: 1)
            await expectError(.conflict) { try await opened.consent(id, state, evidence) }
        }
        #expect(try await opened.consents(id).count == count + 1)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func theSameSaidAgainIsNoChange() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let at = #","at":"2026-11-01T08:00:00Z""#
        #expect(try await opened.consent(id, "given", at) == 2)
        #expect(try await opened.consent(id, "given", at) == 2)
        #expect(try await opened.audit().last?["reason"]?.text == "no-change")
        await opened.close()
    }

    @Test func rolesRecordAndReadByTheirPermissions() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(id, "given", as: TestCaller.checkout, for: "order")
        opened.clock.advance(seconds: 1)
        try await opened.consent(
            id, "withdrawn", as: TestCaller.customerService, for: "customer-service")
        for (caller, purpose) in [
            (TestCaller.marketing, "marketing"), (TestCaller.billing, "billing"),
            (TestCaller.admin, "data-subject-rights"), (TestCaller.nobody, "order"),
            (TestCaller.checkout, "customer-service"),
        ] {
            await expectError(.notGranted) {
                try await opened.consent(id, "given", as: caller, for: purpose)
            }
        }
        await expectError(.notGranted) {
            _ = try await opened.authorize(ReadConsents.self, TestCaller.checkout, "order")
        }
        #expect(try await opened.consents(id).count == 2)
        await opened.close()
    }

    @Test func listsWhomAPurposeMayReachNow() async throws {
        let opened = try await VaultFiles.make().open()
        var persons: [RecordID] = []
        for number in 1...7 {
            opened.clock.advance(seconds: 1)
            persons.append(try await opened.create(Person.body(number)))
        }
        opened.clock.advance(seconds: 1)
        let company = try await opened.create(Person.company(8))
        for place in [1, 3, 4, 5] { try await opened.consent(persons[place], "given") }
        opened.clock.advance(seconds: 1)
        try await opened.consent(persons[3], "withdrawn")
        try await opened.erase(persons[4])
        try await opened.restrict(persons[5])
        #expect(try await opened.reachable() == [persons[1], company])
        // The purpose rests on consent, so it lists nobody else unasked either.
        #expect(try await opened.reachable(isFiltered: false) == [persons[1], company])
        #expect(try await opened.reachable(limit: 1) == [persons[1], company])
        try await opened.object(company)
        #expect(try await opened.reachable() == [persons[1]])
        #expect(try await opened.audit().last { $0["op"]?.text == "list" }?["count"]?.integer == 1)
        // Of one that opens all, live ones alone when asked.
        let dpo = TestCaller.dpo
        let rights = "data-subject-rights"
        #expect(
            try await opened.reachable(for: rights, as: dpo, isFiltered: false).count == 8)
        #expect(try await opened.reachable(for: rights, as: dpo).count == 7)
        await opened.close()
    }

    /// A request opens so many records and no more, and says where to go on.
    @Test func aScanEndsAndGoesOn() async throws {
        let opened = try await VaultFiles.make().open()
        var ids: [RecordID] = []
        for number in 1...9 {
            opened.clock.advance(seconds: 1)
            ids.append(try await opened.create(Person.bare(number)))
        }
        let wanted = ids[8]
        let first = try await opened.vault.scan(after: nil, limit: 5, maximumScanned: 4) {
            $0.stored.id == wanted ? $0.stored.id : nil
        }
        #expect(first.items.isEmpty && first.next == ids[3])
        let all = try await opened.vault.scan(after: ids[7], limit: 5, maximumScanned: 4) {
            $0.stored.id == wanted ? $0.stored.id : nil
        }
        #expect(all.items == [wanted] && all.next == nil)
        await opened.close()
    }

    @Test func reservedNamesCantStandInACatalogue() {
        let head = "version: 1\ncontroller: {name: Esimerkki Oy}\n"
        for (yaml, path) in [
            ("compartments: [{name: '@rights', description: x}]\n", "/compartments/0/name"),
            (
                "fields: [{name: '@consents', type: text, compartment: identity}]\n",
                "/fields/0/name"
            ),
        ] {
            let error = #expect(throws: CatalogueError.self) {
                try Catalogue.load(yaml: head + yaml)
            }
            #expect(error?.path == path)
        }
        for name in RightsField.allCases.map(\.rawValue) + [RightsField.label] {
            #expect(Catalogue.shipped.field(named: name) == nil)
            #expect(FieldPlan(scope: ["name": .plain]).view(of: name) == nil)
        }
    }
}
