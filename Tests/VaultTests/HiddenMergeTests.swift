import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// A merge patch of a field that the caller doesn't see tells nothing of what it holds.
@Suite struct HiddenMergeTests {
    private static let patch = #"{"address":{"postalCode":"403"}}"#

    /// People who live in Finland, where a postal code has five digits, and elsewhere.
    private func people(in opened: OpenedVault) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for (number, country) in ["FI", "EE"].enumerated() {
            ids.append(
                try await opened.create(
                    try json(
                        """
                        {"kind":"person","fields":{"name":{"given":"Aino","family":"Mäki"},
                         "phone":"\(Person.phone(number))","address":{"street":"Katu 1",
                         "postalCode":"40320","city":"Jyväskylä","country":"\(country)"}}}
                        """)))
        }
        return ids
    }

    private func codes(
        _ opened: OpenedVault, _ ids: [RecordID], as caller: Caller, purpose: String
    ) async -> [String] {
        var codes: [String] = []
        for id in ids {
            do {
                try await opened.update(id, Self.patch, as: caller, purpose: purpose)
                codes.append("ok")
            } catch {
                let failures = (error as? VaultError)?.failures.map { "\($0)" } ?? []
                codes.append(failures.joined())
            }
        }
        return codes
    }

    @Test func whoMayOnlyWriteLearnsNothing() async throws {
        let opened = try await VaultFiles.make().open()
        let ids = try await people(in: opened)
        let codes = await codes(opened, ids, as: TestCaller.checkout, purpose: "order")
        #expect(codes[0] == codes[1])
        // The whole value may be written, and takes the place of the old.
        try await opened.update(
            ids[1],
            #"{"address":{"street":"Tee 2","postalCode":"10111","city":"Tallinn","country":"EE"}}"#,
            as: TestCaller.checkout)
        #expect(try await opened.read(ids[1])["address"]?.contains("Tee 2") == true)
        await opened.close()
    }

    /// The control: who sees the field patches a part of it, by the rules of its country.
    @Test func whoSeesTheFieldPatchesAPartOfIt() async throws {
        let opened = try await VaultFiles.make().open()
        let ids = try await people(in: opened)
        let codes = await codes(
            opened, ids, as: TestCaller.customerService, purpose: "customer-service")
        #expect(codes[0] != codes[1] && codes[1] == "ok")
        await opened.close()
    }

    @Test func whereaboutsThatAreProtectedAreNotMergedEither() async throws {
        let opened = try await VaultFiles.make().open()
        let ids = try await people(in: opened)
        for id in ids {
            let proof = try await opened.authorize(
                ProtectRecord.self, TestCaller.dpo, "data-subject-rights")
            _ = try await opened.vault.protect(
                proof, id, try json(#"{"until":"2990-01-01"}"#))
        }
        let codes = await codes(
            opened, ids, as: TestCaller.customerService, purpose: "customer-service")
        #expect(codes[0] == codes[1])
        await opened.close()
    }
}
