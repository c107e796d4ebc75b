import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct LogTreeTests {
    private func checkpoint(_ opened: OpenedVault) async throws -> (note: Checkpoint, key: String) {
        let proof = try await opened.authorize(ReadKeys.self, TestCaller.everyone, nil)
        let made = try opened.vault.checkpoint(proof)
        let key = try VerifierKey(made.verifierKey)
        let read = try Checkpoint(note: Array(made.note.utf8), signedBy: key)
        #expect(read.head == made.head)
        return (read, made.verifierKey)
    }

    /// The root over the entries themselves, as an outsider computes it.
    private func root(_ opened: OpenedVault, size: UInt64) async throws -> Digest32 {
        let entries = try await opened.store.auditEntries(after: 0, limit: 1_000_000)
        return MerkleTree.root(
            of: entries.prefix(Int(size)).map { MerkleTree.leafHash($0.leaf.entry) })
    }

    @Test(arguments: [Durability.power, .process])
    func checkpointsCoverTheEntries(durability: Durability) async throws {
        let files = try await VaultFiles.make()
        let configuration = VaultConfiguration.forTests.with { $0.readDurability = durability }
        var opened = try await files.open(configuration)
        var ids: [RecordID] = []
        for number in 1...5 { ids.append(try await opened.create(Person.body(number))) }
        for id in ids + ids { _ = try await opened.read(id) }
        try await opened.update(ids[0], #"{"email":"a@b.fi"}"#)
        try await opened.erase(ids[1])
        let (first, key) = try await checkpoint(opened)
        #expect(try await root(opened, size: first.head.size) == first.head.root)
        await opened.close()
        opened = try await files.open(configuration)
        _ = try await opened.create(Person.body(9))
        let (second, sameKey) = try await checkpoint(opened)
        #expect(key == sameKey)
        #expect(second.head.size > first.head.size)
        #expect(try await root(opened, size: second.head.size) == second.head.root)
        // What an outsider holds is still so.
        #expect(try await root(opened, size: first.head.size) == first.head.root)
        let proof = try await opened.authorize(ReadAudit.self, TestCaller.everyone, nil)
        let grown = try await opened.vault.consistencyProof(
            proof, from: first.head.size, to: second.head.size)
        #expect(
            ConsistencyProof(hashes: grown.hashes).isValid(from: first.head, to: second.head))
        await opened.close()
    }

    /// Groups of both sorts, in flight together: the tree has every entry at its number's place.
    @Test func treeAndNumbersAgreeUnderLoad() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        var ids: [RecordID] = []
        for number in 1...8 { ids.append(try await opened.create(Person.body(number))) }
        await withTaskGroup(of: Void.self) { group in
            for (place, id) in ids.enumerated() {
                group.addTask {
                    for round in 0..<25 {
                        if round % 6 == place % 6 {
                            _ = try? await opened.update(id, #"{"email":"a\#(round)@b.fi"}"#)
                        }
                        _ = try? await opened.read(id)
                    }
                }
            }
        }
        // A change syncs all that came before it.
        _ = try await opened.create(Person.body(9))
        let (checkpoint, _) = try await checkpoint(opened)
        #expect(checkpoint.head.size > 8 * 25)
        #expect(try await root(opened, size: checkpoint.head.size) == checkpoint.head.root)
        let entries = try await opened.store.auditEntries(after: 0, limit: 1_000_000)
        #expect(entries.map(\.number) == Array(1...UInt64(entries.count)))
        let proof = try await opened.authorize(ReadAudit.self, TestCaller.everyone, nil)
        for number in [1, 2, 100, checkpoint.head.size] {
            let made = try await opened.vault.inclusionProof(
                proof, of: number, size: checkpoint.head.size)
            let inclusion = InclusionProof(index: number - 1, hashes: made.hashes)
            let leaf = MerkleTree.leafHash(entries[Int(number) - 1].leaf.entry)
            #expect(inclusion.isValid(leaf: leaf, in: checkpoint.head))
        }
        await expectError(.invalidValue) {
            _ = try await opened.vault.inclusionProof(proof, of: 0, size: nil)
        }
        await expectError(.invalidValue) {
            _ = try await opened.vault.inclusionProof(proof, of: 1, size: 1_000_000)
        }
        await opened.close()
    }

    /// An erasure's certificate carries the proof of its entry, when made and when asked for.
    @Test func certificatesCarryTheirProof() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let certificate = try await opened.erase(id)
        let log = try #require(certificate["log"])
        let key = try VerifierKey(try #require(log["verifierKey"]?.text))
        let note = try Checkpoint(note: Array(try #require(log["note"]?.text).utf8), signedBy: key)
        let leaf = try #require(log["leaf"]?.text.flatMap { Base64.decode($0) })
        let number = UInt64(try #require(log["number"]?.integer))
        let hashes = try #require(log["hashes"]?.items).compactMap {
            $0.text.flatMap { Base64.decode($0) }.flatMap { Digest32($0) }
        }
        let proof = InclusionProof(index: number - 1, hashes: hashes)
        #expect(proof.isValid(leaf: MerkleTree.leafHash(leaf), in: note.head))
        let entry = try #require(LoggedEntry(leaf))
        #expect(entry.record == id && entry.operation == "erase" && entry.outcome == "ok")
        let signed = try SignedDocument.message(
            of: try #require(certificate.members).filter {
                $0.name != "signature" && $0.name != "log"
            }, context: ErasureCertificate.context)
        #expect(entry.digest == SHA256.hash(signed))
        await opened.close()
    }

    @Test func writesNameWhatTheyLeftBehind() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.update(id, #"{"email":"a@b.fi"}"#)
        guard case .live(let stored) = try await opened.store.record(id) else {
            throw TestFailure("no record")
        }
        let entries = try await opened.store.auditEntries(after: 0, limit: 1000)
            .compactMap { LoggedEntry($0.leaf.entry) }
        #expect(entries.last { $0.operation == "update" }?.digest == stored.digest)
        let created = try #require(entries.last { $0.operation == "create" }?.digest)
        #expect(created != stored.digest)
        await opened.close()
    }

    /// The ledger, which lies elsewhere, knows how long the log was and what its root was.
    @Test(arguments: [
        ("DELETE FROM audit WHERE first = (SELECT max(first) FROM audit)", "altered"),
        (
            "UPDATE audit SET hashes = zeroblob(length(hashes)) WHERE first = 1", "altered"
        ),
        ("DELETE FROM audit WHERE first = 1", "altered"), ("DELETE FROM audit", "shorter"),
    ])
    func startHoldsTheLogAgainstTheLedger(sql: String, standing: String) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open(.forTests.with { $0.readDurability = .power })
        for number in 1...3 { _ = try await opened.create(Person.body(number)) }
        await opened.close()
        opened = try await files.open()
        #expect(opened.vault.logStanding == .intact)
        await opened.close()
        try files.execute(sql)
        if standing == "shorter" { try files.executeOnAccesses("DELETE FROM accesses") }
        let code: OpeningError.Code = standing == "shorter" ? .logOlder : .logAltered
        for _ in 0..<2 {
            await #expect(throws: OpeningError(code)) {
                _ = try await files.open(acceptsOlder: false)
            }
        }
        // Once it is accepted the log goes on under another origin, and says from what.
        opened = try await files.open()
        #expect(opened.vault.logStanding == .intact)
        #expect("\(opened.vault.logVerifierKey.name)".hasSuffix("/2"))
        let operations = try await opened.audit().suffix(2).map { $0["op"]?.text }
        #expect(operations == ["log-restarted", "start"])
        await opened.close()
        opened = try await files.open(acceptsOlder: false)
        await opened.close()
    }
}
