import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct DuplicateTests {
    @Test func samePersonTwiceIsRefused() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let again = try json(
            """
            {"kind":"person","fields":{"name":{"family":"Toinen"},\
            "henkilotunnus":"\(Person.henkilotunnus(1).lowercased())"}}
            """)
        // The id only for callers who may search by that field.
        let seen = await expectError(.duplicate) { try await opened.create(again) }
        #expect(seen?.field == "henkilotunnus" && seen?.existing == nil)
        #expect(try await opened.store.counts().records == 1)
        #expect(try await opened.audit().last?["fields"]?.items == [.string("henkilotunnus")])
        let reference = try json(
            #"{"kind":"person","reference":"WC-1","fields":{"name":{"family":"Toinen"}}}"#)
        let hidden = await expectError(.duplicate) { try await opened.create(reference) }
        #expect(hidden?.field == "reference" && hidden?.existing == nil)
        let searcher = await expectError(.duplicate) {
            try await opened.create(
                reference, as: TestCaller.customerService, purpose: "customer-service")
        }
        #expect(searcher?.existing == id)
        await opened.close()
    }

    @Test func peopleWhoseHenkilotunnusDifferInTheSeparatorAloneAreTwo() async throws {
        let opened = try await VaultFiles.make().open()
        var ids: [Character: RecordID] = [:]
        for separator in "+-YXWVUABCDEF" {
            let code = Person.henkilotunnus(1, separator: separator)
            ids[separator] = try await opened.create(
                try json(
                    """
                    {"kind":"person","fields":{"name":{"family":"Salo"},"henkilotunnus":"\(code)"}}
                    """))
        }
        #expect(Set(ids.values).count == 13)
        for (separator, id) in ids {
            let code = Person.henkilotunnus(1, separator: separator)
            #expect(try await opened.find("henkilotunnus", .string(code)) == [id])
            #expect(try await opened.verify(id, code))
        }
        await expectError(.duplicate) { try await opened.create(Person.body(1)) }
        await opened.close()
    }

    @Test func updatesCantMakeDuplicates() async throws {
        let opened = try await VaultFiles.make().open()
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(2))
        let patch = #"{"henkilotunnus":"\#(Person.henkilotunnus(1))"}"#
        await expectError(.duplicate) { try await opened.update(second, patch) }
        #expect(try await opened.update(first, patch) == 2)
        try await opened.update(first, #"{"henkilotunnus":null}"#)
        #expect(try await opened.update(second, patch) == 2)
        await opened.close()
        #expect(try await opened.files.check().findings.isEmpty)
    }

    @Test func duplicatesAreAllowedByConfiguration() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.duplicates = .allow })
        let first = try await opened.create(Person.body(1))
        let second = try await opened.create(Person.body(1))
        #expect(
            Set(try await opened.find("henkilotunnus", .string(Person.henkilotunnus(1))))
                == [first, second])
        try await opened.erase(first)
        #expect(
            try await opened.find("henkilotunnus", .string(Person.henkilotunnus(1))) == [second])
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func atOnceOneIsMade() async throws {
        let opened = try await VaultFiles.make().open()
        let body = try Person.body(1)
        let made = await withTaskGroup(of: RecordID?.self) { group in
            for _ in 0..<20 { group.addTask { try? await opened.create(body) } }
            return await group.reduce(into: [RecordID]()) { if let id = $1 { $0.append(id) } }
        }
        #expect(made.count == 1)
        #expect(try await opened.store.counts().records == 1)
        await opened.close()
    }
}
