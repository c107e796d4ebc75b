import Catalogue
import Storage
import StrictJSON
import Testing
import Vault

@Suite struct SearchTests {
    @Test(arguments: [
        ("name", #""Aino Maria Korhonenb""#), ("name", #""korhonenB""#),
        ("name", #"{"family":"Korhonenb"}"#), ("name", #"{"family":"KORHONENB","given":"aino"}"#),
        ("name", #"{"family":"Korhonenb","given":"Aino Maria"}"#), ("phone", #""040 1000001""#),
        ("phone", #""+358 40 1000001""#), ("email", #""customer1@EXAMPLE.fi""#),
        ("reference", #""WC-1""#), ("henkilotunnus", "\"\(Person.henkilotunnus(1))\""),
    ])
    func recordIsFoundByEachOfItsValues(field: String, value: String) async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.create(Person.body(2))
        #expect(try await opened.find(field, try json(value)) == [id])
        await opened.close()
    }

    @Test(arguments: [
        ("name", #""Aino Korhonenb""#), ("name", #""Korhonen""#), ("name", #""Maria""#),
        ("name", #"{"family":"Korhonenb","given":"Maria"}"#), ("phone", #""+358401000003""#),
        ("email", #""customer3@example.fi""#), ("reference", #""wc-1""#),
        ("henkilotunnus", "\"\(Person.henkilotunnus(3))\""),
    ])
    func recordIsNotFoundByOtherValues(field: String, value: String) async throws {
        let opened = try await VaultFiles.make().open()
        try await opened.create(Person.body(1))
        #expect(try await opened.find(field, try json(value)).isEmpty)
        let last = try await opened.audit().last
        #expect(last?["op"]?.text == "search" && last?["count"]?.integer == 0)
        await opened.close()
    }

    @Test func ibanFindsAllWhoShareIt() async throws {
        let opened = try await VaultFiles.make().open()
        var ids: Set<RecordID> = []
        for number in 1...5 { ids.insert(try await opened.create(Person.body(number))) }
        for value in [#""FI21 1234 5600 0007 85""#, #"{"iban":"FI2112345600000785"}"#] {
            #expect(Set(try await opened.find("billing", try json(value))) == ids)
        }
        await opened.close()
    }

    @Test func companiesAreFoundByNameAlone() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.company(1))
        #expect(try await opened.find("name", .string("ESIMERKKI b oy")) == [id])
        await opened.close()
    }

    @Test func updatesMoveRecordsInTheIndex() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.update(id, #"{"email":"new@example.fi","phone":null}"#)
        #expect(try await opened.find("email", .string("new@example.fi")) == [id])
        #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
        #expect(try await opened.find("phone", .string(Person.phone(1))).isEmpty)
        await opened.close()
        #expect(try await opened.files.check().findings.isEmpty)
    }

    @Test func limitAndTruncation() async throws {
        let opened = try await VaultFiles.make().open()
        for number in 1...5 { try await opened.create(Person.body(number)) }
        let proof = try await opened.authorize(
            SearchRecords.self, TestCaller.dpo, "data-subject-rights")
        let query = SearchQuery(field: "billing", value: .string("FI2112345600000785"))
        for (limit, isTruncated) in [(4, true), (5, false)] {
            let matches = try await opened.vault.search(
                proof, [query], FieldSelection(fields: ["name"]), limit: limit,
                ticket: opened.ticket())[0].get()
            #expect(matches.records.count == limit && matches.isTruncated == isTruncated)
            #expect(matches.records.allSatisfy { $0.texts.count == 1 })
        }
        await opened.close()
    }

    @Test func queriesAreAnsweredEachForItself() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let proof = try await opened.authorize(
            SearchRecords.self, TestCaller.customerService, "customer-service")
        let results = try await opened.vault.search(
            proof,
            [
                SearchQuery(field: "henkilotunnus", value: .string(Person.henkilotunnus(1))),
                SearchQuery(field: "email", value: .string(Person.email(1))),
                SearchQuery(field: "address", value: .string("x")),
                SearchQuery(field: "billing", value: .string("FI2112345600000785")),
                SearchQuery(field: "shoe", value: .string("44")),
            ], FieldSelection(fields: ["name"]), limit: 10, ticket: opened.ticket())
        // A masked henkilötunnus can't be confirmed by a search.
        #expect(code(results[0]) == .notGranted)
        #expect(try results[1].get().records.map(\.id) == [id])
        #expect(code(results[2]) == .invalidValue)
        #expect(code(results[3]) == .notGranted)
        #expect(code(results[4]) == .unknownField)
        let outcomes = try await opened.audit().suffix(5).map { $0["outcome"]?.text }
        #expect(
            outcomes == ["not_granted", "ok", "invalid_value", "not_granted", "unknown_field"])
        await opened.close()
    }

    private func code(_ result: Result<SearchMatches, VaultError>) -> VaultError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }
}
