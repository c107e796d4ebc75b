import Catalogue
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct ProtectionTests {
    private static let service = TestCaller.customerService
    private static let purpose = "customer-service"
    private static let hidden = ["address": "protected", "phone": "protected"]

    @Test func hidesWhereaboutsUntilItsEnd() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.protection(id) == json(#"{"protected":false}"#))
        try await opened.protect(id, until: "2026-12-22")
        func view(_ selection: FieldSelection = FieldSelection()) async throws -> RecordView {
            try await opened.view(id, selection, as: Self.service, purpose: Self.purpose)
        }
        for selection in [
            FieldSelection(), FieldSelection(view: .masked),
            FieldSelection(fields: ["address", "phone", "email"], view: .masked),
        ] {
            let shown = try await view(selection)
            #expect(shown.reasons == Self.hidden)
            #expect(shown.texts["email"] != nil)
            let text = String(decoding: shown.bytes, as: UTF8.self)
            #expect(!text.contains("Jyväskylä") && !text.contains("01"))
        }
        // The rights role has `protected`.
        #expect(try await opened.view(id).reasons.isEmpty)
        // A date ends with its day, in UTC.
        let end: Int64 = 1_797_984_000
        #expect(
            try await opened.protection(id)
                == json(
                    """
                    {"protected":true,"until":"2026-12-23T00:00:00Z",\
                    "since":"2026-11-22T12:00:00Z","recordedBy":"uid:1005"}
                    """))
        opened.clock.advance(seconds: end - opened.clock.seconds - 1)
        #expect(try await view().reasons == Self.hidden)
        opened.clock.advance(seconds: 1)
        #expect(try await view().reasons.isEmpty)
        #expect(try await opened.protection(id)["protected"] == .bool(false))
        await opened.close()
    }

    @Test func endsEarlyAndIsReplaced() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.endProtection(id) == 1)
        #expect(try await opened.protect(id, until: "2026-11-22T13:00:00Z") == 2)
        #expect(try await opened.protect(id, until: "2026-11-22T13:00:00Z") == 2)
        #expect(try await opened.protect(id, until: "2031-11-22") == 3)
        opened.clock.advance(seconds: 7200)
        func reasons() async throws -> [String: String] {
            try await opened.view(id, as: Self.service, purpose: Self.purpose).reasons
        }
        #expect(try await reasons() == Self.hidden)
        #expect(try await opened.endProtection(id) == 4)
        #expect(try await reasons().isEmpty)
        let logged = try await opened.audit().filter { $0["op"]?.text == "protect" }
        #expect(
            logged.compactMap { $0["reason"]?.text } == [
                "no-change", "set", "no-change", "set", "ended",
            ])
        #expect(logged.last?["fields"]?.items == [.string("protection")])
        for (until, rule) in [
            ("2026-11-22T13:59:59Z", "past"), ("2026-11-21", "past"), ("soon", "date"),
            ("2027-02-30", "date"),
        ] {
            let error = await expectError(.invalidValue) {
                try await opened.protect(id, until: until)
            }
            #expect(error?.failures.map(\.rule) == [rule], "\(until)")
        }
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// Years have four digits: what is meant for ever does not end at once.
    @Test(arguments: ["9999-12-31", "9999-12-31T23:59:59Z"])
    func theLastDayIsNotOver(until: String) async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.protect(id, until: until)
        #expect(try await opened.protection(id)["until"]?.text == "9999-12-31T23:59:59Z")
        #expect(try await opened.protection(id)["protected"] == .bool(true))
        await opened.close()
    }

    /// The permission shows the field in the smaller of the two views.
    @Test(arguments: [("plain", "plain"), ("plain", "masked"), ("masked", "plain")])
    func thePermissionShowsThem(read: String, protected: String) async throws {
        let opened = try await VaultFiles.make().open()
        let caller = TestCaller.caller(5000)
        try await opened.grantRole(
            "courier",
            """
            [{"operations":["read"],"compartments":["contact"],"view":"\(read)",
              "purposes":["order"]},
             {"operations":["protected"],"fields":["address"],"view":"\(protected)",
              "purposes":["order"]}]
            """, to: caller)
        let id = try await opened.create(Person.body(1))
        try await opened.protect(id, until: "2027-11-22")
        let view = try await opened.view(id, as: caller, purpose: "order")
        #expect(view.reasons == ["phone": "protected"])
        let isPlain = read == "plain" && protected == "plain"
        #expect(view.texts["address"]?.contains("Vasarakatu") == isPlain)
        #expect(view.texts["address"]?.contains("Jyväskylä") == true)
        await opened.close()
    }

    /// Whoever may not see a number may not find or confirm whose it is.
    @Test func isNeitherFoundNorVerifiedByThem() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let free = try await opened.create(Person.body(2))
        let phone = Person.phone(1)
        func find(_ number: String) async throws -> [RecordID] {
            try await opened.find(
                "phone", .string(number), as: Self.service, purpose: Self.purpose)
        }
        #expect(try await find(phone) == [id])
        try await opened.protect(id, until: "2026-12-22")
        #expect(try await find(phone).isEmpty)
        let miss = try #require(try await opened.audit().last)
        _ = try await find("+358409999999")
        let other = try #require(try await opened.audit().last)
        for member in ["op", "outcome", "count", "record", "fields"] {
            #expect(miss[member] == other[member], "\(member)")
        }
        #expect(try await find(Person.phone(2)) == [free])
        #expect(
            try await opened.find("phone", .string(phone), as: TestCaller.dpo) == [id])
        // By other fields they are found, without their whereabouts.
        #expect(
            try await opened.find(
                "email", .string(Person.email(1)), as: Self.service, purpose: Self.purpose)
                == [id])
        let caller = TestCaller.caller(5000)
        try await opened.grantRole(
            "caller-check",
            #"[{"operations":["verify"],"fields":["phone","email"],"view":"plain","purposes":["customer-service"]}]"#,
            to: caller)
        let refused = await expectError(.notGranted) {
            _ = try await opened.verify(id, phone, field: "phone", as: caller)
        }
        #expect(refused?.field == "phone")
        #expect(try await opened.verify(id, Person.email(1), field: "email", as: caller))
        #expect(try await opened.verify(free, Person.phone(2), field: "phone", as: caller))
        opened.clock.advance(seconds: 31 * 86_400)
        #expect(try await find(phone) == [id])
        await opened.close()
    }

    /// A custom field of the type is hidden like the shipped one, and no duplicate names its record.
    @Test func customFieldsAreHiddenToo() async throws {
        let catalogue = try Catalogue.load(
            yaml: """
                version: 1
                controller: {name: Esimerkki Oy}
                fields:
                  - {name: mobile, type: phone, compartment: contact, searchable: true, unique: true}
                  - {name: cottage, type: address, compartment: contact}
                """)
        let opened = try await VaultFiles.make().open(
            .forTests.with { $0.catalogue = catalogue })
        func body(_ number: Int) throws -> JSONValue {
            try json(
                """
                {"kind":"person","fields":{"name":{"family":"Salo"},"mobile":"+358401112223",\
                "cottage":{"street":"Rantatie \(number)","postalCode":"40320",\
                "city":"Jyväskylä","country":"FI"}}}
                """)
        }
        let id = try await opened.create(
            body(1), as: Self.service, purpose: Self.purpose)
        func duplicate() async throws -> VaultError? {
            await expectError(.duplicate) {
                try await opened.create(body(2), as: Self.service, purpose: Self.purpose)
            }
        }
        #expect(try await duplicate()?.existing == id)
        try await opened.protect(id, until: "2027-11-22")
        #expect(try await duplicate()?.existing == nil)
        let reasons = try await opened.view(id, as: Self.service, purpose: Self.purpose).reasons
        #expect(reasons == ["mobile": "protected", "cottage": "protected"])
        await opened.close()
    }

    @Test func listsThoseThatEnd() async throws {
        let opened = try await VaultFiles.make().open()
        var ids: [RecordID] = []
        for number in 1...4 {
            opened.clock.advance(seconds: 1)
            ids.append(try await opened.create(Person.body(number)))
        }
        try await opened.protect(ids[0], until: "2026-12-01")
        try await opened.protect(ids[1], until: "2027-12-01")
        try await opened.protect(ids[2], until: "2026-11-23")
        let now = opened.clock.seconds
        func listed(_ days: Int64) async throws -> [RecordID] {
            try await opened.protections(endingBefore: now + days * 86_400).map(\.id)
        }
        #expect(try await listed(1).isEmpty)
        #expect(try await listed(5) == [ids[2]])
        #expect(try await listed(30) == [ids[0], ids[2]])
        #expect(try await listed(1000) == [ids[0], ids[1], ids[2]])
        // One that ended stays in the list until it is removed or renewed.
        opened.clock.advance(seconds: 3 * 86_400)
        #expect(try await listed(5) == [ids[2]])
        try await opened.endProtection(ids[2])
        #expect(try await listed(5).isEmpty)
        await opened.close()
    }

    @Test func remindsOnceADay() async throws {
        let opened = try await VaultFiles.make().open()
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(2))
        let counts = Locked<[Int]>([])
        let reminder = ProtectionReminder(vault: opened.vault) { count in
            counts.change { $0.append(count) }
        }
        func status() async throws -> JSONValue? {
            let proof = try await opened.authorize(ReadStatus.self, TestCaller.admin, nil)
            return try await opened.vault.status(proof)["protectionsEndingWithin30Days"]
        }
        #expect(try await status() == .null)
        try await opened.protect(first, until: "2026-12-01")
        try await opened.protect(second, until: "2027-01-05")
        try await reminder.runIfDue()
        #expect(counts.value == [1])
        #expect(try await status() == .number("1"))
        opened.clock.advance(seconds: 86_399)
        try await reminder.runIfDue()
        #expect(counts.value == [1])
        opened.clock.advance(seconds: 1)
        try await reminder.runIfDue()
        opened.clock.advance(seconds: 15 * 86_400)
        try await reminder.runIfDue()
        // The first has ended by now; the second ends within 30 days.
        #expect(counts.value == [1, 1, 1])
        try await opened.endProtection(second)
        opened.clock.advance(seconds: 86_400)
        try await reminder.runIfDue()
        #expect(counts.value == [1, 1, 1, 0])
        #expect(try await status() == .number("0"))
        await opened.close()
    }

    /// Whether a part of an address fits to one that is hidden, tells something of it: it is replaced as a
    /// whole, or not at all.
    @Test func aPartIsNotMergedWithWhatIsHidden() async throws {
        let opened = try await VaultFiles.make().open()
        let ids = try await [opened.create(Person.body(1)), opened.create(Person.body(2))]
        let abroad =
            #"{"address":{"street":"Gatan 1","postalCode":"AB 12","city":"Visby","country":"SE"}}"#
        try await opened.update(ids[1], abroad)
        for id in ids { try await opened.protect(id, until: "2026-12-22") }
        let request = AccessRequest(caller: Self.service, purpose: Self.purpose, requestID: "test")
        func rules(_ id: RecordID) async throws -> [String] {
            let body = try json(#"{"fields":{"address":{"country":"FI"}}}"#)
            let result = try await opened.vault.write(
                [.update(id, body, ifMatch: nil, isDryRun: true)], request: request,
                idempotencyKey: nil, body: [])[0]
            guard case .failure(let error) = result else { return [] }
            return error.failures.map { $0.pointer + " " + $0.rule }
        }
        let finnish = try await rules(ids[0])
        #expect(try await rules(ids[1]) == finnish)
        #expect(finnish == ["/fields/address/street required"])
        try await opened.update(ids[0], abroad, as: Self.service, purpose: Self.purpose)
        #expect(try await opened.read(ids[0])["address"]?.contains("Visby") == true)
        await opened.close()
    }
}
