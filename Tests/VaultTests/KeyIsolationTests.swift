import KeyManagement
import SQLiteStore
import Storage
import Testing
import Vault
import VaultTesting

@Suite struct KeyIsolationTests {
    @Test func nothingOpensWithAnotherKeyring() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        try await opened.create(Person.body(1))
        try await opened.create(Person.body(2))
        await opened.close()
        let other = try VaultFiles.makeKeyring()
        let error = await openingError { try await files.open(keyring: other) }
        #expect((error as? KeyError)?.code == .stateDamaged)
        #expect((error as? KeyError)?.place == "vault-box")
        let right = try await files.check()
        #expect(right.records == 2 && right.fields == 14 && right.segments == 1)
        #expect(right.findings.isEmpty)
        let store = try SQLiteStore.open(at: files.path)
        let wrong = try await VaultCheck(store: store, keyring: other, entries: []).run()
        await store.close()
        #expect(wrong.records == 0 && wrong.fields == 0 && wrong.segments == 0)
        #expect(wrong.findings.contains { $0.place.hasPrefix("sealed state") })
        #expect(wrong.findings.contains { $0.place == "segment 1" })
        #expect(wrong.findings.count { $0.place.hasPrefix("key box of record") } == 2)
    }

    @Test func everyFlippedBitOfAKeyBoxIsRefused() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let stored = try await live(id, opened)
        for offset in stored.box.indices {
            var damaged = stored
            damaged.box[offset] ^= 1 << UInt8(offset % 8)
            opened.store.substitute(damaged)
            let error = await expectError(.damaged, "byte \(offset)") {
                _ = try await opened.read(id)
            }
            #expect(error?.detail?.contains("key box of record \(id)") == true)
        }
        var older = stored
        older.generation = 2
        opened.store.substitute(older)
        await expectError(.damaged) { _ = try await opened.read(id) }
        opened.store.clearSubstitutes()
        #expect(try await opened.read(id).count == 7)
        await opened.close()
    }

    @Test func everyFlippedBitOfARowIsWithheldAndNamed() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let stored = try await live(id, opened)
        let right = try await opened.read(id)
        #expect(right.count == 7)
        for offset in stored.fields.indices {
            var damaged = stored
            damaged.fields[offset] ^= 1 << UInt8(offset % 8)
            opened.store.substitute(damaged)
            let view = try await opened.view(id)
            #expect(!view.withheld.isEmpty, "byte \(offset)")
            #expect(view.texts.count + view.withheld.count == 7, "byte \(offset)")
            for (field, text) in view.texts {
                #expect(right[field] == text, "byte \(offset), field \(field)")
            }
            #expect(
                view.withheld.allSatisfy { $0.reason == "damaged" || $0.reason == "stale" })
        }
        opened.store.clearSubstitutes()
        #expect(try await opened.read(id) == right)
        await opened.close()
    }

    @Test func everyFlippedBitOfASealedFieldNamesThatField() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let stored = try await live(id, opened)
        let right = try await opened.read(id)
        let parts = try RowParts(stored.fields)
        let names = [["name", "reference"], ["henkilotunnus"], ["address", "phone", "email"]]
        var seen: Set<String> = []
        for compartment in parts.fields.indices {
            for field in parts.fields[compartment].indices {
                var damaged = stored
                var changed = parts
                changed.fields[compartment][field][30] ^= 4
                damaged.fields = changed.bytes
                opened.store.substitute(damaged)
                let view = try await opened.view(id)
                #expect(view.withheld.count == 1)
                #expect(view.reasons.values.first == "damaged")
                seen.formUnion(view.reasons.keys)
                #expect(view.texts == right.filter { view.reasons[$0.key] == nil })
            }
        }
        #expect(seen == Set(right.keys))
        #expect(names.allSatisfy { $0.allSatisfy(seen.contains) })
        await opened.close()
    }

    @Test func damagedSegmentKeyIsNamedWhenTheVaultOpens() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        try await opened.create(Person.body(1))
        await opened.close()
        try files.execute("UPDATE segments SET generation = 2")
        let error = await openingError { try await files.open() }
        #expect((error as? KeyError)?.code == .segmentKeyDamaged)
        #expect((error as? KeyError)?.place == "segment 1")
        try files.execute("UPDATE segments SET generation = 1")
        #expect(await openingError { try await files.open() } == nil)
    }

    @Test func forgedTombstoneIsNoErasure() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.erase(id)
        await expectError(.erased) { _ = try await opened.read(id) }
        await opened.close()
        try files.execute("UPDATE tombstones SET body = zeroblob(41)")
        opened = try await files.open()
        let error = await expectError(.damaged) { _ = try await opened.read(id) }
        #expect(error?.detail == "tombstone of record \(id)")
        await opened.close()
    }

    private func live(_ id: RecordID, _ opened: OpenedVault) async throws -> StoredRecord {
        guard case .live(let stored) = try await opened.store.record(id) else {
            throw TestFailure("not live")
        }
        return stored
    }
}
