import Foundation
import KeyManagement
import Storage
import StrictJSON
import Synchronization
import Testing
import VaultTesting

@testable import Vault

@Suite struct LedgerReplicaTests {
    @Test func aReplicaOutOfReachIsNamedInAnswerAndCertificate() async throws {
        let files = try await VaultFiles.make()
        let near = try files.makeReplica("near")
        let far = files.path + "/far"
        let opened = try await files.open(ledgerReplicas: [near, far])
        #expect(opened.vault.ledgerReplicas.map(\.standing) == [.current, .outOfReach])
        let first = try await opened.create(Person.body(1))
        #expect(try await named(opened.erase(first)) == [far])
        #expect(try await stored(first, in: opened) == [[far]])
        #expect(try files.copyLedger() == files.copyReplica(near))
        _ = try files.makeReplica("far")
        await opened.vault.catchUpLedgerReplicas()
        #expect(try files.copyLedger() == files.copyReplica(far))
        let second = try await opened.create(Person.body(2))
        #expect(try await named(opened.erase(second)) == [])
        #expect(try files.copyLedger() == files.copyReplica(far))
        await opened.close()
        #expect(try files.copyLedger() == files.copyReplica(near))
    }

    /// The certificate is signed before the ledger is written: it is made again, if that is another then.
    @Test func oneThatGoesOutOfReachMeanwhileIsNamedToo() async throws {
        let files = try await VaultFiles.make()
        let replica = try files.makeReplica("replica")
        let opened = try await files.open(ledgerReplicas: [replica])
        let id = try await opened.create(Person.body(1))
        try FileManager.default.removeItem(atPath: replica)
        #expect(opened.vault.ledgerReplicas.map(\.standing) == [.current])
        #expect(try await named(opened.erase(id)) == [replica])
        #expect(try await stored(id, in: opened) == [[replica]])
        await opened.close()
    }

    /// Lost after it was looked at and before it was written: a second certificate takes the first one's word
    /// back.
    @Test func oneThatFailsWhileItIsWrittenIsNamedToo() async throws {
        let files = try await VaultFiles.make()
        let replica = try files.makeReplica("replica")
        let opened = try await files.open(ledgerReplicas: [replica])
        let id = try await opened.create(Person.body(1))
        let gate = opened.store.hold(.beforeCommit { $0.needsLedger })
        async let erasure = opened.erase(id, compartments: ["contact"], reason: "first")
        await gate.arrival()
        try FileManager.default.removeItem(atPath: replica)
        gate.open()
        #expect(try await named(erasure) == [replica])
        #expect(try await stored(id, in: opened) == [[], [replica]])
        _ = try files.makeReplica("replica")
        await opened.vault.catchUpLedgerReplicas()
        try await opened.erase(id, reason: "second")
        #expect(try await opened.rotate() == .final)
        let final = try await certificates(of: id, in: opened).filter { $0["final"]?.flag == true }
        #expect(final.map { $0["reason"]?.text } == ["first", "second"])
        #expect(final.map { $0["shredded"]?.items?.count } == [1, 3])
        await opened.close()
        #expect(try await files.check().findings == [])
    }

    @Test func aLedgerPutBackIsRefusedWhereAReplicaKnowsMore() async throws {
        let files = try await VaultFiles.make()
        let replica = try files.makeReplica("replica")
        var opened = try await files.open(ledgerReplicas: [replica])
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let (ledger, database) = try (files.copyLedger(), files.copyDatabase())
        opened = try await files.open(ledgerReplicas: [replica])
        try await opened.erase(id)
        await opened.close()
        // All of this machine is put back; the replica is not.
        try files.putBackLedger(ledger)
        try files.putBack(database)
        let error = await openingError { try await files.open(ledgerReplicas: [replica]) }
        #expect((error as? KeyError)?.code == .ledgerOlder)
        try files.putBackLedger(files.copyReplica(replica))
        opened = try await files.open(ledgerReplicas: [replica])
        let lookup = try await opened.store.record(id)
        if case .erased = lookup {} else { Issue.record("the erased is back") }
        await opened.close()
    }

    @Test func maintenanceCatchesUpEachMinute() async throws {
        let files = try await VaultFiles.make()
        let ledgers = files.path + "/ledgers"
        let keyrings = files.path + "/keyrings"
        let opened = try await files.open(
            replicas: [KeyringDirectory(path: keyrings)], ledgerReplicas: [ledgers])
        await opened.vault.maintain()
        await replication(of: opened)
        _ = try (files.makeReplica("ledgers"), files.makeReplica("keyrings"))
        await opened.vault.maintain()
        await replication(of: opened)
        #expect(opened.vault.ledgerReplicas.map(\.standing) == [.outOfReach])
        opened.clock.advance(seconds: 60)
        await opened.vault.maintain()
        await replication(of: opened)
        #expect(opened.vault.ledgerReplicas.map(\.standing) == [.current])
        let held = try KeyringDirectory(path: keyrings).open(
            rootKey: files.rootKey, vault: files.keyring.vault)
        #expect(held.generation == 1)
        await opened.close()
    }

    @Test func keyStatusSaysForWhatErasuresWait() async throws {
        let files = try await VaultFiles.make()
        let replica = try files.makeReplica("replica")
        let away = files.path + "/away"
        let opened = try await files.open(
            replicas: [KeyringDirectory(path: replica)], ledgerReplicas: [replica, away])
        var ids: [RecordID] = []
        for number in 1...3 { ids.append(try await opened.create(Person.body(number))) }
        try await opened.erase(ids[0])
        try await opened.erase(ids[1])
        var status = try await keyStatus(of: opened)
        #expect(try waiting(status) == "0 2 []")
        #expect(status["ledgerReplicas"]?.items?.count == 2)
        let ledgers = status["ledgerReplicas"]?.items ?? []
        #expect(ledgers.map { $0["standing"]?.text } == ["current", "out-of-reach"])
        #expect(ledgers.map { $0["behind"]?.integer } == [0, nil])
        #expect(status["overdue"]?.items?.contains(.string("ledgerReplicas")) == true)
        // It stands in its middle state: the replica goes away before the last step.
        let probe = Locked(0)
        await opened.close()
        let again = try await files.open(
            .forTests.with { configuration in
                configuration.rotationProbe = { step in
                    guard step == .writeFinalKeyring else { return }
                    probe.change { $0 += 1 }
                    try? FileManager.default.moveItem(atPath: replica, toPath: replica + "-away")
                }
            }, replicas: [KeyringDirectory(path: replica)], ledgerReplicas: [])
        #expect(try await again.rotate() == .waiting(for: [replica]))
        #expect(probe.value > 0)
        try await again.erase(ids[2])
        status = try await keyStatus(of: again)
        #expect(try waiting(status) == "2 1 [\"\(replica)\"]")
        #expect(status["replicasOutOfReach"]?.items == [.string(replica)])
        await again.close()
    }

    /// What `recoverable` says: escrow and ledger on another file system, and a backup.
    @Test func whatDoesNotLieElsewhereIsNotRecoverable() async throws {
        let files = try await VaultFiles.make()
        let near = try files.makeReplica("near")
        let far = "/dev/shm/aitta-replica-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: far, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: far) }
        for (keyring, ledger, lacks) in [
            (near, near, ["escrow", "ledger", "backup"]), (far, near, ["ledger", "backup"]),
            (near, far, ["escrow", "backup"]), (far, far, ["backup"]),
        ] {
            let opened = try await files.open(
                replicas: [KeyringDirectory(path: keyring)], ledgerReplicas: [ledger])
            await opened.vault.catchUpKeyringReplicas()
            #expect(opened.vault.recoveryLacks == lacks, "\(keyring) \(ledger)")
            await opened.close()
        }
        let opened = try await files.open(
            replicas: [KeyringDirectory(path: far)], ledgerReplicas: [far])
        #expect(opened.vault.recoveryLacks == ["escrow", "backup"], "nothing is known yet")
        await opened.close()
    }

    private func replication(of opened: OpenedVault) async {
        while opened.vault.isReplicating.load(ordering: .acquiring) { await Task.yield() }
    }

    private func keyStatus(of opened: OpenedVault) async throws -> JSONValue {
        opened.vault.keyStatus(
            try await opened.authorize(ReadKeys.self, TestCaller.admin, nil))
    }

    private func waiting(_ status: JSONValue) throws -> String {
        let waiting = try #require(status["erasuresWaitingFor"])
        let places = String(decoding: waiting["places"]?.encoded() ?? [], as: UTF8.self)
        return "\(waiting["runningRotation"]?.integer ?? -1) "
            + "\(waiting["nextRotation"]?.integer ?? -1) \(places)"
    }

    private func certificates(
        of id: RecordID, in opened: OpenedVault
    ) async throws -> [JSONValue] {
        try await opened.store.certificates(of: id).map { try JSONParser.parse($0.body) }
    }

    private func stored(_ id: RecordID, in opened: OpenedVault) async throws -> [[String]] {
        try await certificates(of: id, in: opened).map(named)
    }

    private func named(_ certificate: JSONValue) -> [String] {
        certificate["ledgerReplicasOutOfReach"]?.items?.compactMap(\.text) ?? ["missing"]
    }
}

extension VaultFiles {
    fileprivate func copyReplica(_ directory: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory + "/ledger"))
    }
}
