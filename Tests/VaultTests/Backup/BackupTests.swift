import Cryptography
import Foundation
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite("Backups")
struct BackupTests {
    @Test("both parts hold all there is, at one moment, and the ledger names the keys part")
    func full() async throws {
        let (files, opened, ids) = try await vault(people: 5)
        let directory = try PartsDirectory()
        try await opened.erase(ids[4])
        let result = try await opened.backUp(to: directory.path)
        #expect(result["outcome"]?.text == "ok")
        #expect(try directory.names() == ["keys-000001.aitta", "records-000001.aitta"])
        let records = try directory.part(.records, 1, files.keyring)
        let keys = try directory.part(.keys, 1, files.keyring)
        #expect(records.rows.map(\.id) == ids[..<4].sorted())
        #expect(keys.boxes.map(\.id) == ids[..<4].sorted())
        #expect(keys.tombstones.map(\.id) == [ids[4]])
        #expect(keys.certificates.map(\.record) == [ids[4]])
        #expect(keys.states.map(\.name) == ["configuration", "ledger", "policy", "vault-box"])
        let manifest = try #require(records.manifest)
        #expect(manifest.log == keys.manifest?.log)
        #expect(records.entries.map(\.number) == Array(1...manifest.log.size))
        let leaves = records.entries.map { MerkleTree.leafHash($0.leaf.entry) }
        #expect(MerkleTree.root(of: leaves) == manifest.log.root)
        #expect(manifest.base == nil && manifest.counts.records == 4)
        let operations = try await opened.audit().suffix(2).map { $0["op"]?.text }
        #expect(operations == ["back-up", "back-up"])
        await opened.close()
        let (_, entries) = try files.openLedger()
        #expect(entries.lastKeysPart?.number == 1)
        #expect(entries.lastKeysPart?.digest == keys.digest)
    }

    @Test("the next parts hold what changed since, and name what they build on")
    func incremental() async throws {
        let (files, opened, ids) = try await vault(people: 60)
        let directory = try PartsDirectory()
        try await opened.backUp(to: directory.path)
        try await opened.update(ids[1], #"{"phone":"+358401234567"}"#)
        try await opened.erase(ids[2])
        let fresh = try await opened.create(Person.body(99))
        _ = try await opened.read(ids[3])
        try await opened.backUp(to: directory.path)
        let first = try directory.part(.records, 1, files.keyring)
        let records = try directory.part(.records, 2, files.keyring)
        let keys = try directory.part(.keys, 2, files.keyring)
        #expect(records.rows.map(\.id) == [ids[1], fresh].sorted())
        // An erasure dirties its segment but leaves its key: only what was written goes in.
        #expect(keys.boxes.map(\.id) == [ids[1], fresh].sorted())
        #expect(keys.tombstones.map(\.id) == [ids[2]])
        #expect(records.manifest?.base?.number == 1)
        #expect(records.manifest?.base?.digest.bytes == first.digest)
        #expect(records.entries.first?.number == (first.manifest?.log.size ?? 0) + 1)
        #expect(keys.segments.count == 1 && keys.certificates.count == 1)
        // Nothing changed: nothing but segments and states goes in.
        try await opened.backUp(to: directory.path)
        #expect(try directory.part(.keys, 3, files.keyring).boxes.isEmpty)
        await opened.close()
        // A restart changes nothing about it.
        let again = try await files.open()
        try await again.backUp(to: directory.path)
        #expect(try directory.part(.keys, 4, files.keyring).manifest?.base?.number == 3)
        await again.close()
    }

    @Test(
        "a full part is written where most has changed, the chain is long, or the base is not the log's"
    )
    func fullAgain() async throws {
        let (files, opened, ids) = try await vault(people: 4)
        let directory = try PartsDirectory()
        let other = try PartsDirectory()
        try await opened.backUp(to: directory.path)
        for id in ids[..<3] { try await opened.update(id, #"{"phone":"+358401234567"}"#) }
        try await opened.backUp(to: directory.path)
        #expect(try directory.part(.records, 2, files.keyring).manifest?.base == nil)
        // Another directory has nothing to build on; numbers of keys parts run on all the same.
        try await opened.backUp(to: other.path)
        #expect(try other.names() == ["keys-000003.aitta", "records-000001.aitta"])
        #expect(try other.part(.keys, 3, files.keyring).manifest?.base == nil)
        // A base that is damaged is none.
        var bytes = try other.bytes("keys-000003.aitta")
        bytes[bytes.count - 40] ^= 1
        try other.write(bytes, "keys-000003.aitta")
        try await opened.backUp(to: other.path)
        #expect(try other.part(.keys, 4, files.keyring).manifest?.base == nil)
        await opened.close()
    }

    @Test("a chain ends after thirty parts")
    func chain() async throws {
        let (files, opened, _) = try await vault(people: 40)
        let directory = try PartsDirectory()
        for _ in 1...31 { try await opened.backUp(to: directory.path) }
        let bases = try (1...31).map {
            try directory.part(.keys, $0, files.keyring).manifest?.base?.number
        }
        #expect(bases.filter { $0 == nil }.count >= 2)
        #expect(bases[1] == 1)
        await opened.close()
    }

    @Test("a byte that is changed anywhere in a part is noticed")
    func tampered() async throws {
        let (files, opened, _) = try await vault(people: 2)
        let directory = try PartsDirectory()
        try await opened.backUp(to: directory.path)
        await opened.close()
        for part in BackupPart.allCases {
            let name = part.fileName(1)
            let original = try directory.bytes(name)
            for place in stride(from: 0, to: original.count, by: max(1, original.count / 400)) {
                var bytes = original
                bytes[place] ^= 0x20
                try directory.write(bytes, name)
                #expect(throws: BackupFailure.self, "byte \(place)") {
                    try directory.part(part, 1, files.keyring)
                }
            }
            for count in [0, 10, 26, original.count / 2, original.count - 1] {
                try directory.write(Array(original.prefix(count)), name)
                #expect(throws: BackupFailure.self, "cut to \(count)") {
                    try directory.part(part, 1, files.keyring)
                }
            }
            try directory.write(original + [0], name)
            #expect(throws: BackupFailure.self) { try directory.part(part, 1, files.keyring) }
        }
    }

    @Test("a part of another vault, though well signed, is refused by its public key")
    func foreign() async throws {
        let (_, opened, _) = try await vault(people: 1)
        let directory = try PartsDirectory()
        try await opened.backUp(to: directory.path)
        await opened.close()
        let error = #expect(throws: BackupFailure.self) {
            try directory.part(.keys, 1, VaultFiles.makeKeyring())
        }
        #expect(error?.code == .badSignature)
    }

    @Test(
        "a destination that fails is named, and the others have the part",
        arguments: [
            FaultyDestination.Point.check, .create, .write(after: 0), .write(after: 2), .finish,
        ])
    func failing(fault: FaultyDestination.Point) async throws {
        let files = try await VaultFiles.make()
        let (good, bad) = (try PartsDirectory(), try PartsDirectory())
        let opened = try await files.open(
            .forTests.with {
                $0.backupDestinations = [
                    FaultyDestination(bad.destination, failing: fault), good.destination,
                ]
            })
        try await opened.create(Person.body(1))
        let result = try await opened.backUp(to: nil)
        #expect(result["outcome"]?.text == "incomplete")
        #expect(result["failures"]?.items?.first?["place"]?.text == bad.path)
        #expect(try good.part(.keys, 1, files.keyring).boxes.count == 1)
        #expect(try bad.names().isEmpty, "what failed leaves nothing")
        // The rotation's third step is told the same.
        #expect(try await opened.vault.writeParts([.keys]).map(\.place) == [bad.path])
        // Where it could not even begin it is left out; else all begin anew, so that parts are the same.
        let base = try good.part(.keys, 2, files.keyring).manifest?.base?.number
        #expect(base == (fault == .check ? 1 : nil))
        await opened.close()
    }

    @Test("what an interrupted run left is removed by the next, and nothing else")
    func leftOver() async throws {
        let (_, opened, _) = try await vault(people: 1)
        let directory = try PartsDirectory()
        try directory.write([1], "keys-000001.aitta.partial")
        try directory.write([1], "notes.partial")
        try await opened.backUp(to: directory.path)
        #expect(
            try directory.names() == [
                "keys-000001.aitta", "notes.partial", "records-000001.aitta",
            ])
        await opened.close()
    }

    @Test("a directory that others may look into, or that is not there, is refused")
    func directories() async throws {
        let (files, opened, _) = try await vault(people: 1)
        let directory = try PartsDirectory()
        func refusal(_ path: String) async -> String? {
            do {
                try await opened.backUp(to: path)
                return nil
            } catch {
                return (error as? VaultError)?.detail
            }
        }
        #expect(chmod(directory.path, 0o750) == 0)
        #expect(await refusal(directory.path)?.contains("chmod 0700") == true)
        #expect(await refusal(directory.path + "/none")?.contains("install -d") == true)
        #expect(await refusal("relative")?.contains("from the root") == true)
        let inside = BackupDirectory(path: files.path + "/keyring", outside: [files.path])
        #expect(throws: BackupFailure.self) { try inside.check() }
        await opened.close()
    }

    @Test(
        "writes that go on meanwhile are in the next part, and none is in half",
        .timeLimit(.minutes(5)))
    func online() async throws {
        let (files, opened, _) = try await vault(people: 20)
        let directory = try PartsDirectory()
        let writing = Task {
            for number in 100..<160 { try await opened.create(Person.body(number)) }
        }
        for _ in 0..<4 { try await opened.backUp(to: directory.path) }
        try await writing.value
        try await opened.backUp(to: directory.path)
        var rows: Set<RecordID> = []
        var boxes: Set<RecordID> = []
        for number in UInt64(1)...5 {
            let records = try directory.part(.records, number, files.keyring)
            let keys = try directory.part(.keys, number, files.keyring)
            if records.manifest?.base == nil { rows = [] }
            if keys.manifest?.base == nil { boxes = [] }
            rows.formUnion(records.rows.map(\.id))
            boxes.formUnion(keys.boxes.map(\.id))
            #expect(rows == boxes)
            #expect(rows.count == records.manifest?.counts.records)
        }
        #expect(rows.count == 80)
        await opened.close()
    }

    @Test("a caller who is no key custodian can't make one")
    func denied() async throws {
        let (_, opened, _) = try await vault(people: 1)
        for caller in [TestCaller.admin, TestCaller.dpo, TestCaller.auditor, TestCaller.nobody] {
            await #expect(throws: VaultError.self) {
                try await opened.authorize(BackUp.self, caller, nil)
            }
        }
        await opened.close()
    }

    private func vault(
        people: Int
    ) async throws -> (files: VaultFiles, opened: OpenedVault, ids: [RecordID]) {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        var ids: [RecordID] = []
        for number in 0..<people { ids.append(try await opened.create(Person.body(number))) }
        return (files, opened, ids)
    }
}
