import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

@Suite struct HistoryTests {
    private let marja = TestCaller.named("marja", 1005)
    private let service = TestCaller.named("sami", 1001)

    @Test func showsWhoDidWhatAndRefusals() async throws {
        let opened = try await VaultFiles.make().open()
        let (id, other) = try await used(opened)
        let items = try await opened.history(id)
        #expect(
            items.map { $0["op"]?.text } == [
                "create", "read", "read", "search", "verify", "update", "read",
            ])
        #expect(items.map { $0["uid"]?.integer } == [1000, 1005, 1001, 1005, 1001, 1000, 1003])
        let users = items.map { $0["user"]?.text }
        #expect(users == [nil, "marja", "sami", "marja", "sami", nil, nil])
        #expect(items[2]["purpose"]?.text == "customer-service")
        #expect(items[2]["fields"]?.items?.compactMap(\.text).contains("billing") == false)
        #expect(items[4]["reason"]?.text == "match")
        #expect(items[6]["outcome"]?.text == "not_granted")
        let numbers = items.compactMap { $0["number"]?.integer }
        #expect(numbers.count == items.count && numbers == numbers.sorted())
        #expect(items.allSatisfy { $0["pid"] == nil && $0["request"] == nil })
        #expect(try await opened.history(other).count == 1)
        await opened.close()
    }

    /// Neither an erasure nor an id that never was makes a difference; each look leaves an entry.
    @Test func outlivesTheRecord() async throws {
        let opened = try await VaultFiles.make().open()
        let (id, _) = try await used(opened)
        let before = try await opened.history(id)
        try await opened.erase(id)
        let after = try await opened.history(id)
        #expect(after.dropLast() == before[...])
        #expect(after.last?["op"]?.text == "erase")
        let stranger = RecordID(high: 7, low: 8)
        #expect(try await opened.history(stranger) == [])
        #expect(try await opened.history(stranger) == [])
        let entry = try await opened.audit().last
        #expect(entry?["op"]?.text == "read-audit" && entry?["reason"]?.text == "history-full")
        #expect(entry?["record"]?.text == stranger.description)
        await opened.close()
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func pagesJoin(limit: Int) async throws {
        let opened = try await VaultFiles.make().open()
        let (id, _) = try await used(opened)
        let whole = try await opened.history(id)
        var joined: [JSONValue] = []
        var after: UInt64? = 0
        while let number = after {
            let page = try await opened.page(id, .full, after: number, limit: limit)
            #expect(page.count <= limit)
            joined += try page.items
            after = page.next
        }
        #expect(joined == whole)
        await opened.close()
    }

    /// What a person is told names nobody: by words, and by what else could be in an answer.
    @Test func theSubjectIsToldNobodysName() async throws {
        let opened = try await VaultFiles.make().open()
        let (id, _) = try await used(opened)
        try await opened.erase(id)
        let page = try await opened.page(id, .subject)
        let items = try page.items
        #expect(
            items.map { $0["op"]?.text } == [
                "create", "read", "read", "search", "verify", "update", "erase",
            ])
        for item in items {
            #expect(item.members?.map(\.name) == ["t", "purpose", "op", "fields"])
            #expect(item["t"]?.text?.hasSuffix("Z") == true)
        }
        #expect(items[2]["purpose"]?.text == "customer-service")
        #expect(items[4]["fields"]?.items?.compactMap(\.text) == ["henkilotunnus"])
        let text = String(decoding: try page.bytes, as: UTF8.self)
        for leak in [
            "uid", "user", "pid", "request", "number", "reason", "outcome", "marja", "sami",
            "1000", "1001", "1005", "4242", "test", "not_granted", "marketing",
        ] {
            #expect(!text.contains(leak), "\(leak)")
        }
        await opened.close()
    }

    @Test func needsThePermissionToReadTheLog() async throws {
        let opened = try await VaultFiles.make().open()
        for caller in [TestCaller.customerService, TestCaller.billing, TestCaller.admin] {
            await expectError(.notGranted) {
                _ = try await opened.authorize(ReadAudit.self, caller, "customer-service")
            }
        }
        _ = try await opened.authorize(ReadAudit.self, TestCaller.auditor, nil)
        await opened.close()
    }

    /// An entry that was altered in the store is told from one that was not.
    @Test func alteredEntriesAreShownAsDamaged() throws {
        let id = RecordID(high: 1, low: 2)
        var record = AuditRecord(
            caller: TestCaller.dpo, requestID: "r", purpose: "order", operation: "read", record: id)
        record.fields = ["name"]
        let whole = record.leaf(milliseconds: 1000)
        record.fields = ["email"]
        let altered = LogLeaf(entry: record.leaf(milliseconds: 1000).entry, hash: whole.hash)
        for (view, count) in [(HistoryView.full, 2), (.subject, 1)] {
            var history = RecordHistory(of: id, view: view, limit: 10)
            let damaged = history.visit(AuditEntry(number: 1, leaf: altered))
            let fine = history.visit(AuditEntry(number: 2, leaf: whole))
            #expect(damaged && fine)
            #expect(history.count == count)
            let items = try history.items
            #expect(items.last?["fields"]?.items?.first?.text == "name")
            #expect(items.first?["outcome"]?.text == (view == .full ? "damaged" : nil))
            #expect(view == .subject || items.first?["fields"] == nil)
        }
    }

    /// A record that several used, one of them in vain, and a second one.
    private func used(_ opened: OpenedVault) async throws -> (RecordID, RecordID) {
        let id = try await opened.create(Person.body(1))
        let other = try await opened.create(Person.body(2))
        _ = try await opened.read(id, as: marja)
        _ = try await opened.read(id, as: service, purpose: "customer-service")
        _ = try await opened.find("email", .string(Person.email(1)), as: marja)
        _ = try await opened.verify(id, Person.henkilotunnus(1), as: service)
        try await opened.update(id, #"{"email":"a@b.fi"}"#)
        await expectError(.notGranted) {
            _ = try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        }
        return (id, other)
    }
}

extension TestCaller {
    /// A caller whom the user database knows.
    static func named(_ name: String, _ uid: UInt32) -> Caller {
        Caller(uid: uid, gid: uid, groups: [], userName: name, pid: 4242)
    }
}

extension OpenedVault {
    fileprivate func page(
        _ id: RecordID, _ view: HistoryView, after: UInt64 = 0, limit: Int = 1000
    ) async throws -> RecordHistory {
        let proof = try await authorize(ReadAudit.self, TestCaller.auditor, nil)
        return try await vault.history(proof, of: id, view: view, after: after, limit: limit)
    }

    fileprivate func history(_ id: RecordID) async throws -> [JSONValue] {
        try await page(id, .full).items
    }
}

extension RecordHistory {
    fileprivate var bytes: [UInt8] {
        get throws {
            var writer = JSONWriter()
            writer.beginArray()
            write(to: &writer)
            writer.endArray()
            return writer.bytes
        }
    }

    fileprivate var items: [JSONValue] {
        get throws { try #require(try JSONParser.parse(bytes).items) }
    }
}
