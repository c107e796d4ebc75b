import Cryptography
import GRDB
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct ErasureTests {
    @Test func keysIndexEntriesAndCiphertextAreGone() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let other = try await opened.create(Person.body(2))
        await opened.close()
        let box = try files.box(of: id).bytes
        let row = try files.row(of: id)
        #expect(try contains(files, Array(box)) && contains(files, row))
        opened = try await files.open()
        let before = try await opened.store.counts()
        let certificate = try await opened.erase(id)
        let counts = try await opened.store.counts()
        #expect(counts.records == 1 && counts.tombstones == 1 && counts.dirtySegments == 1)
        #expect(counts.indexEntries == before.indexEntries / 2)
        #expect(certificate["keysDestroyed"]?.integer == 4)
        await opened.close()
        #expect(try !contains(files, Array(box)) && !contains(files, row))
        // Any part of them would do for an attacker.
        #expect(try !contains(files, Array(box.prefix(64))))
        #expect(try !contains(files, Array(row.suffix(64))))
        opened = try await files.open()
        #expect(try await opened.read(other).count == 7)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func erasedIsErasedForEver() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let signed = try await opened.erase(id).members?.filter { $0.name != "log" }
        for _ in 0..<2 {
            await expectError(.erased) { _ = try await opened.read(id) }
            await expectError(.erased) { try await opened.update(id, #"{"email":"a@b.fi"}"#) }
            await expectError(.erased) { _ = try await opened.verify(id, Person.henkilotunnus(1)) }
            #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
            // Erasing again gives the certificate again, with a proof of today.
            let again = try await opened.erase(id, reason: "other")
            #expect(again.members?.filter { $0.name != "log" } == signed)
            await opened.close()
            opened = try await files.open()
        }
        // The same person again is a new record.
        #expect(try await opened.create(Person.body(1)) != id)
        await opened.close()
    }

    @Test func certificateVerifiesOfflineAndFailsWhenAltered() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let certificate = try await opened.erase(id)
        let proof = try await opened.authorize(ReadKeys.self, TestCaller.auditor, nil)
        let keys = opened.vault.publicKeys(proof)
        let text = try #require(keys["keys"]?.items?.first?["publicKey"]?.text)
        let key = try PublicKey(try #require(Base64.decode(text)))
        #expect(ErasureCertificate.isValid(certificate, key: key))
        #expect(certificate["record"]?.text == id.description)
        #expect(certificate["erasedAt"]?.text == "2026-11-22T12:00:00Z")
        #expect(certificate["shredded"]?.items?.count == 4)
        #expect(certificate["final"]?.flag == false)
        for member in try #require(certificate.members) where member.name != "log" {
            let altered = certificate.members?.map {
                $0.name == member.name ? JSONMember($0.name, .string("other")) : $0
            }
            #expect(!ErasureCertificate.isValid(.object(altered ?? []), key: key))
        }
        let log = try PublicKey(
            try #require(keys["keys"]?.items?[1]["publicKey"]?.text.flatMap(Base64.decode)))
        #expect(!ErasureCertificate.isValid(certificate, key: log))
        let read = try await opened.authorize(ReadCertificates.self, TestCaller.auditor, nil)
        let found = try await opened.vault.certificates(read, of: id)
        #expect(try found.map { try JSONParser.parse($0) } == [certificate])
        await opened.close()
    }

    @Test func compartmentsAreErasedAlone() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let certificate = try await opened.erase(id, compartments: ["contact", "nationalId"])
        #expect(certificate["shredded"]?.items == [.string("contact"), .string("nationalId")])
        let fields = try await opened.read(id)
        #expect(fields.keys.sorted() == ["billing", "name", "reference"])
        #expect(try await opened.view(id).version == 2)
        #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
        #expect(try await opened.find("reference", .string("WC-1")) == [id])
        #expect(try await opened.store.counts().dirtySegments == 1)
        await expectError(.invalidValue) { try await opened.erase(id, compartments: ["contact"]) }
        await expectError(.invalidValue) { try await opened.erase(id, compartments: ["nothing"]) }
        await expectError(.invalidValue) { try await opened.erase(id, compartments: []) }
        try await opened.update(id, #"{"email":"new@b.fi"}"#)
        #expect(try await opened.find("email", .string("new@b.fi")) == [id])
        // All that is left, one by one, is everything.
        try await opened.erase(id, compartments: ["identity", "billing", "contact"])
        await expectError(.erased) { _ = try await opened.read(id) }
        let read = try await opened.authorize(ReadCertificates.self, TestCaller.auditor, nil)
        #expect(try await opened.vault.certificates(read, of: id).count == 2)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func contactStaysWithItsCompanyWhenACompartmentGoes() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let company = try await opened.create(Person.company(1))
        let id = try await opened.create(Person.contact(2, of: "\(company)"))
        try await opened.erase(id, compartments: ["contact"])
        let proof = try await opened.authorize(
            ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        let found = try await opened.vault.contacts(
            proof, of: company, FieldSelection(), ticket: opened.ticket())
        #expect(found.map(\.id) == [id] && found[0].company == company)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func onlyWhoMayEraseErases() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        for (caller, purpose) in [
            (TestCaller.customerService, "customer-service"), (TestCaller.checkout, "order"),
            (TestCaller.admin, "data-subject-rights"), (TestCaller.dpo, "billing"),
        ] {
            await expectError(.notGranted) {
                _ = try await opened.authorize(EraseRecord.self, caller, purpose)
            }
        }
        await expectError(.invalidValue) { try await opened.erase(id, reason: "He asked us") }
        #expect(try await opened.read(id).count == 7)
        await opened.close()
    }

    @Test func sharedValuesStayFoundForTheOthers() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        var ids: [RecordID] = []
        for number in 1...7 { ids.append(try await opened.create(Person.body(number))) }
        for place in [0, 6, 3] {
            try await opened.erase(ids[place])
            ids[place] = RecordID(high: 0, low: UInt64(place))
        }
        let rest = Set(ids.filter { $0.high != 0 })
        #expect(Set(try await opened.find("billing", .string("FI2112345600000785"))) == rest)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    private func contains(_ files: VaultFiles, _ needle: [UInt8]) throws -> Bool {
        let content = [UInt8](try files.copyDatabase())
        return content.firstRange(of: needle) != nil
    }
}
