import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Synchronization
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct BreachScopeTests {
    @Test(arguments: [Durability.power, .process])
    func countsWhatOnePrincipalTouched(durability: Durability) async throws {
        let opened = try await VaultFiles.make().open(
            VaultConfiguration.forTests.with { $0.readDurability = durability })
        var ids: [RecordID] = []
        for number in 1...4 { ids.append(try await opened.create(Person.body(number))) }
        let service = TestCaller.named("sami", 1001)
        for id in [ids[0], ids[0], ids[1]] {
            _ = try await opened.read(id, as: service, purpose: "customer-service")
        }
        #expect(try await opened.verify(ids[2], Person.henkilotunnus(3), as: service))
        let found = try await opened.find(
            "email", .string(Person.email(4)), as: service, purpose: "customer-service")
        #expect(found == [ids[3]])
        await expectError(.notGranted) {
            _ = try await opened.authorize(EraseRecord.self, service, "customer-service")
        }
        // An erasure changes nothing of what was touched.
        try await opened.erase(ids[1])
        // A batch is counted by its records.
        let proof = try await opened.authorize(
            ReadRecords.self, TestCaller.dpo, "data-subject-rights")
        _ = try await opened.vault.read(
            proof, ids, FieldSelection(fields: ["name"]), ticket: opened.ticket())

        let scope = try await opened.scope("uid:1001")
        #expect(scope["records"]?.integer == 4 && scope["accesses"]?.integer == 5)
        #expect(scope["refusals"]?.integer == 1)
        #expect(Self.count("name", in: scope) == 2 && Self.count("billing", in: scope) == nil)
        #expect(Self.count("henkilotunnus", in: scope) == 3)
        #expect(try await opened.scope("user:sami")["records"]?.integer == 4)
        let batch = try await opened.scope("uid:1005")
        // The record that was erased was not shown.
        #expect(batch["records"]?.integer == 3 && batch["refusals"]?.integer == 1)
        #expect(batch["fields"]?.items?.count == 1)
        #expect(try await opened.scope("uid:1002")["records"]?.integer == 0)
        await opened.close()
    }

    @Test func isSignedAndBoundToTheLog() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        _ = try await opened.read(id, as: TestCaller.dpo)
        let scope = try await opened.scope("uid:1005")
        let key = opened.files.keyring.logKey.publicKey
        #expect(BreachScope.isValid(scope, key: key))
        #expect(!BreachScope.isValid(scope, key: opened.files.keyring.certificateKey.publicKey))
        #expect(scope["vault"]?.text == opened.vault.id.description)
        // The request is the last entry that was looked at, and the root covers all of them.
        let size = try #require(scope["logSize"]?.integer)
        #expect(scope["firstEntry"]?.integer == 1 && scope["lastEntry"]?.integer == size)
        let entries = try await opened.store.auditEntries(after: 0, limit: Int(size))
        let bytes = try #require(entries.last).leaf.entry
        let last = try #require(LoggedEntry(bytes))
        #expect(last.operation == "read-audit" && last.reason == "breach-scope")
        let root = MerkleTree.root(of: entries.map { MerkleTree.leafHash($0.leaf.entry) })
        #expect(scope["logRoot"]?.text == Base64.encode(root.bytes))
        let text = String(decoding: scope.encoded(), as: UTF8.self)
        for value in ["Korhonen", Person.email(1), Person.henkilotunnus(1), id.description] {
            #expect(!text.contains(value))
        }
        await opened.close()
    }

    @Test func timesAreBounded() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        _ = try await opened.read(id, as: TestCaller.dpo)
        let now = opened.clock.nowSeconds
        #expect(try await opened.scope("uid:1005", (now - 9)..<now)["records"]?.integer == 0)
        #expect(try await opened.scope("uid:1005", now..<(now + 1))["records"]?.integer == 1)
        let year: Int64 = 366 * 86_400
        for times in [now..<now, now..<(now + year + 1)] {
            await expectError(.invalidValue) { _ = try await opened.scope("uid:1005", times) }
        }
        _ = try await opened.scope("uid:1005", now..<(now + year))
        await opened.close()
    }

    @Test func oneIsMadeAtATime() async throws {
        let opened = try await VaultFiles.make().open()
        opened.vault.isScoping.store(true, ordering: .relaxed)
        await expectError(.notReady) { _ = try await opened.scope("uid:1") }
        opened.vault.isScoping.store(false, ordering: .relaxed)
        await expectError(.invalidValue) {
            _ = try await opened.scope("uid:1", 0..<Int64.max / 1000)
        }
        _ = try await opened.scope("uid:1")
        await opened.close()
    }

    private static func count(_ field: String, in scope: JSONValue) -> Int64? {
        scope["fields"]?.items?.first { $0["field"]?.text == field }?["records"]?.integer
    }
}

extension OpenedVault {
    fileprivate func scope(
        _ principal: String, _ seconds: Range<Int64>? = nil
    ) async throws -> JSONValue {
        let proof = try await authorize(ReadAudit.self, TestCaller.auditor, nil)
        let now = clock.nowSeconds
        return try await vault.breachScope(
            proof, of: try #require(AccessPrincipal(principal)),
            in: seconds ?? (now - 3600)..<(now + 3600))
    }
}
