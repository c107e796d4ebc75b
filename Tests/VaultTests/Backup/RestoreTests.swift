import Catalogue
import Cryptography
import Foundation
import KeyManagement
import SQLiteStore
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite("Restore")
struct RestoreTests {
    @Test("every record reads as before, what was erased stays erased, and all of it verifies")
    func whole() async throws {
        let (files, opened, ids) = try await vault(people: 8)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.update(ids[0], #"{"phone":"+358401234567"}"#)
        try await opened.consent(ids[1], "given")
        try await opened.erase(ids[2])
        try await opened.erase(ids[3], compartments: ["billing"])
        try await opened.backUp(to: parts.path)
        // Erased after the last backup: only the ledger knows.
        try await opened.erase(ids[4])
        try await opened.erase(ids[5], compartments: ["contact"])
        var before: [RecordID: [String: String]] = [:]
        for id in ids where ![ids[2], ids[4]].contains(id) {
            before[id] = try await opened.read(id)
        }
        let certificates = try await opened.store.certificates(of: ids[2])
        await opened.close()
        let (restored, report) = try await restore(files, parts, records: 2, keys: 2)
        #expect(report.records == 6 && report.erased == [ids[4]].sorted())
        #expect(report.stale.isEmpty && report.lost.isEmpty && report.newer.isEmpty)
        let again = try await restored.open()
        #expect(again.vault.logStanding == .intact)
        for (id, fields) in before { #expect(try await again.read(id) == fields) }
        for id in [ids[2], ids[4]] {
            await #expect(throws: VaultError.self) { try await again.read(id) }
        }
        #expect(try await again.consents(ids[1]).count == 1)
        #expect(try await again.find("email", .string(Person.email(6))) == [ids[6]])
        #expect(try await again.store.certificates(of: ids[2]) == certificates)
        #expect(again.vault.logOrigin.hasSuffix("/2"))
        let restarted = try await again.audit().filter { $0["op"]?.text == "log-restarted" }
        #expect(restarted.count == 1 && restarted[0]["count"]?.integer == Int64(report.logSize))
        await again.close()
        let check = try await restored.check()
        #expect(check.findings.isEmpty, "\(check.findings)")
    }

    @Test("an older records part brings back no consent that was withdrawn, and no older value")
    func olderRecords() async throws {
        let (files, opened, ids) = try await vault(people: 6)
        let parts = try PartsDirectory()
        try await opened.consent(ids[0], "given")
        try await opened.backUp(to: parts.path)
        try await opened.consent(ids[0], "withdrawn")
        try await opened.consent(ids[1], "given")
        try await opened.update(ids[2], #"{"phone":"+358401234567"}"#)
        try await opened.backUp(to: parts.path)
        await opened.close()
        let (restored, report) = try await restore(files, parts, records: 1, keys: 2)
        #expect(report.stale == [ids[2]])
        let again = try await restored.open()
        #expect(try await again.consents(ids[0]).map(\.state) == [.given, .withdrawn])
        #expect(try await again.consents(ids[1]).map(\.state) == [.given])
        await #expect(throws: VaultError.self) {
            try await again.read(ids[0], as: TestCaller.marketing, purpose: "marketing")
        }
        let view = try await again.view(ids[2])
        #expect(view.texts["phone"] == nil && view.reasons["phone"] == "stale")
        #expect(view.texts["name"] != nil)
        await again.close()
        // The log of the older records part lacks these changes, and says what there is.
        let check = try await restored.check()
        #expect(check.findings.allSatisfy { $0.kind == "stale" }, "\(check.findings)")
    }

    @Test("older compartments that are accepted count again, found by their own values")
    func accepted() async throws {
        let (files, opened, ids) = try await vault(people: 6)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.update(ids[2], #"{"email":"new@example.fi"}"#)
        try await opened.backUp(to: parts.path)
        await opened.close()
        let (restored, report) = try await restore(
            files, parts, records: 1, keys: 2, acceptsStale: true)
        #expect(report.accepted == [ids[2]])
        let again = try await restored.open()
        #expect(try await again.read(ids[2])["email"] == "\"\(Person.email(2))\"")
        #expect(try await again.find("email", .string(Person.email(2))) == [ids[2]])
        #expect(try await again.find("email", .string("new@example.fi")) == [])
        try await again.update(ids[2], #"{"email":"newer@example.fi"}"#)
        await again.close()
        let check = try await restored.check()
        #expect(check.findings.isEmpty, "\(check.findings)")
    }

    @Test("records without keys and keys without records are told apart, and left out")
    func lost() async throws {
        let (files, opened, ids) = try await vault(people: 4)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        let fresh = try await opened.create(Person.body(50))
        try await opened.backUp(to: parts.path)
        await opened.close()
        let withoutRow = try await restore(files, parts, records: 1, keys: 2)
        #expect(withoutRow.report.lost == [fresh] && withoutRow.report.records == ids.count)
        let withoutKeys = try await restore(
            files, parts, records: 2, keys: 1, acceptsOlderKeys: true)
        #expect(withoutKeys.report.newer == [fresh])
        #expect(withoutKeys.report.records == ids.count)
        for files in [withoutRow.files, withoutKeys.files] {
            let again = try await files.open()
            await #expect(throws: VaultError.self) { try await again.read(fresh) }
            await again.close()
        }
    }

    @Test("an older keys part, another vault's and another escrow's generation are refused")
    func refused() async throws {
        let (files, opened, _) = try await vault(people: 4)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.backUp(to: parts.path)
        await opened.close()
        let older = await #expect(throws: BackupFailure.self) {
            _ = try await restore(files, parts, records: 2, keys: 1)
        }
        #expect(older?.code == .older && older?.hint?.contains("keys part 2") == true)
        let (_, entries) = try files.openLedger()
        let chain = try chains(files, parts, records: 2, keys: 2)
        let foreign = #expect(throws: BackupFailure.self) {
            let other = try Keyring.make(
                vault: #require(VaultID(bytes: Array(repeating: 3, count: 16))),
                recoveryKey: files.keyring.recoveryKey, nowSeconds: 0)
            try Restore.Refusal.check(
                records: chain.records, keys: chain.keys, keyring: other, entries: entries,
                acceptsOlderKeys: false)
        }
        #expect(foreign?.code == .ofOtherVault)
        let rotated = try files.keyring.beginningRotation(
            cutoff: 0, renewsIndex: false, nowSeconds: 1
        ).endingRotation(nowSeconds: 2)
        let dead = #expect(throws: BackupFailure.self) {
            try Restore.Refusal.check(
                records: chain.records, keys: chain.keys, keyring: rotated, entries: entries,
                acceptsOlderKeys: true)
        }
        #expect(dead?.code == .older && dead?.hint?.contains("epoch 1") == true)
        // An escrow from before a change of the keyring that the ledger knows.
        let (ledger, _) = try files.openLedger()
        try ledger.append([.keyringChanged(generation: 9)], milliseconds: 1)
        let old = await #expect(throws: BackupFailure.self) {
            _ = try await restore(files, parts, records: 2, keys: 2)
        }
        #expect(old?.place == "escrow")
    }

    @Test("a policy that is older than the ledger's grants nothing but to admins, until confirmed")
    func policy() async throws {
        let (files, opened, ids) = try await vault(people: 2)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.revoke("\(TestCaller.dpo.uid)-dpo")
        let version = opened.vault.authoriser.policy.version
        await opened.close()
        let (restored, report) = try await restore(files, parts, records: 1, keys: 1)
        #expect(report.isPolicyOlder)
        let again = try await restored.open()
        #expect(again.vault.authoriser.policy.version == version + 1)
        for caller in [TestCaller.dpo, TestCaller.everyone, TestCaller.auditor] {
            await #expect(throws: VaultError.self) { try await again.read(ids[0], as: caller) }
        }
        let proof = try await again.authorize(ManageGrants.self, TestCaller.admin, nil)
        let grants = try await again.vault.grants(proof)
        #expect(grants.filter { !$0.isSuspended }.map(\.role) == ["admin"])
        // The one that was revoked is taken away before the others are confirmed.
        _ = try await again.vault.revokeGrant(proof, id: "\(TestCaller.dpo.uid)-dpo")
        let next = try await again.authorize(ManageGrants.self, TestCaller.admin, nil)
        let confirmed = try await again.vault.confirmGrants(next)
        #expect(confirmed.confirmed == TestCaller.grants.count - 2)
        #expect(try await again.read(ids[0])["name"] != nil)
        await #expect(throws: VaultError.self) {
            try await again.read(ids[0], as: TestCaller.dpo)
        }
        await #expect(throws: VaultError.self) { try await again.vault.confirmGrants(next) }
        await again.close()
        let reopened = try await restored.open()
        #expect(try await reopened.read(ids[0])["name"] != nil)
        await reopened.close()
    }

    @Test("a restored vault is backed up and restored again, under a third origin")
    func twice() async throws {
        let (files, opened, ids) = try await vault(people: 3)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        await opened.close()
        let (first, _) = try await restore(files, parts, records: 1, keys: 1)
        let again = try await first.open()
        try await again.backUp(to: parts.path)
        #expect(
            try parts.part(.keys, 2, files.keyring).manifest?.base == nil,
            "what was restored is not what the base was made of")
        await again.close()
        let (second, _) = try await restore(first, parts, records: 2, keys: 2)
        let last = try await second.open()
        #expect(last.vault.logOrigin.hasSuffix("/3"))
        #expect(try await last.read(ids[1])["name"] != nil)
        await last.close()
        #expect(try await second.check().findings.isEmpty)
    }

    @Test(
        "a rotation writes a keys part that restores with an older records part; the one before is dead"
    )
    func rotated() async throws {
        let files = try await VaultFiles.make()
        let parts = try PartsDirectory()
        let opened = try await files.open(
            .forTests.with { $0.backupDestinations = [parts.destination] })
        var ids: [RecordID] = []
        for number in 0..<5 { ids.append(try await opened.create(Person.body(number))) }
        try await opened.backUp(to: nil)
        try await opened.erase(ids[0])
        #expect(try await opened.rotate() == .final)
        #expect(try parts.names().contains("keys-000002.aitta"))
        #expect(try parts.part(.keys, 2, files.keyring).manifest?.epoch == 2)
        let fields = try await opened.read(ids[1])
        await opened.close()
        let dead = await #expect(throws: BackupFailure.self) {
            _ = try await restore(files, parts, records: 1, keys: 1, acceptsOlderKeys: true)
        }
        #expect(dead?.hint?.contains("epoch 1") == true)
        let (restored, report) = try await restore(files, parts, records: 1, keys: 2)
        #expect(report.records == 4 && report.erased == [ids[0]] && report.stale.isEmpty)
        let again = try await restored.open()
        #expect(try await again.read(ids[1]) == fields)
        #expect(try await again.find("email", .string(Person.email(3))) == [ids[3]])
        await again.close()
        #expect(try await restored.check().findings.isEmpty)
    }

    @Test("a destination out of reach holds a rotation up, by name, until it is back")
    func rotationWaits() async throws {
        let files = try await VaultFiles.make()
        let (good, bad) = (try PartsDirectory(), try PartsDirectory())
        let opened = try await files.open(
            .forTests.with {
                $0.backupDestinations = [
                    good.destination, FaultyDestination(bad.destination, failing: .check),
                ]
            })
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.rotate() == .waiting(for: [bad.path]))
        #expect(opened.vault.keyring.rotation != nil)
        #expect(try await opened.read(id)["name"] != nil)
        await opened.close()
        let again = try await files.open(
            .forTests.with { $0.backupDestinations = [good.destination, bad.destination] })
        #expect(try await again.rotate() == .final)
        #expect(try bad.names().count == 1)
        await again.close()
    }

    @Test("a rotation that waits writes parts once, and to all once what was missing is back")
    func waitingRotationWritesOnce() async throws {
        let files = try await VaultFiles.make()
        let (good, bad) = (try PartsDirectory(), try PartsDirectory())
        let failing = FaultyDestination(bad.destination, failing: .check)
        let opened = try await files.open(
            .forTests.with { $0.backupDestinations = [good.destination, failing] })
        try await opened.create(Person.body(1))
        for _ in 0..<4 { #expect(try await opened.rotate() == .waiting(for: [bad.path])) }
        #expect(try good.names() == ["keys-000001.aitta"])
        failing.mend()
        #expect(try await opened.rotate() == .final)
        #expect(try good.names() == ["keys-000001.aitta", "keys-000002.aitta"])
        #expect(try bad.names() == ["keys-000002.aitta"])
        await opened.close()
    }

    @Test("a drill restores, verifies and holds against the vault, and leaves nothing behind")
    func drill() async throws {
        let ground = try DrillPlace()
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.drillGround = ground })
        ground.escrowPath = files.path + "/keyring/escrow"
        ground.ledgerPath = files.ledgerPath
        var ids: [RecordID] = []
        for number in 0..<5 { ids.append(try await opened.create(Person.body(number))) }
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.erase(ids[0])
        try await opened.create(Person.body(77))
        let result = try await opened.drill(parts.path)
        #expect(result["outcome"]?.text == "ok", "\(result)")
        #expect(result["records"]?.integer == 4 && result["recordsInVault"]?.integer == 5)
        #expect(result["erased"]?.integer == 1 && result["logMatches"] == .bool(true))
        #expect(!FileManager.default.fileExists(atPath: ground.path))
        #expect(try await opened.audit().last?["op"]?.text == "backup-drill")
        // An escrow of another generation is named.
        ground.escrowPath = nil
        let stale = try await opened.drill(parts.path)
        #expect(stale["outcome"]?.text == "failed" && stale["escrow"]?.text == "not current")
        // A part that was altered fails the drill, and still nothing is left behind.
        var bytes = try parts.bytes("records-000001.aitta")
        bytes[200] ^= 1
        try parts.write(bytes, "records-000001.aitta")
        #expect(try await opened.drill(parts.path)["outcome"]?.text == "backup_damaged")
        #expect(!FileManager.default.fileExists(atPath: ground.path))
        await opened.close()
    }

    @Test("a drill carries out the ledger's erasures as a restore does, partial ones too")
    func drillErases() async throws {
        let ground = try DrillPlace()
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.drillGround = ground })
        ground.escrowPath = files.path + "/keyring/escrow"
        ground.ledgerPath = files.ledgerPath
        var ids: [RecordID] = []
        for number in 0..<4 { ids.append(try await opened.create(Person.body(number))) }
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        let before = try await opened.drill(parts.path)
        try await opened.erase(ids[0])
        try await opened.erase(ids[1], compartments: ["contact"])
        let after = try await opened.drill(parts.path)
        #expect(after["outcome"]?.text == "ok", "\(after)")
        await opened.close()
        let (restored, _) = try await restore(files, parts, records: 1, keys: 1)
        await (try restored.open()).close()
        let fields = try await restored.check().fields
        #expect(before["fields"]?.integer != Int64(fields))
        #expect(after["fields"]?.integer == Int64(fields), "\(after)")
    }

    /// The ledger names destroyed keys, and the parts have the compartment under others.
    @Test("a compartment whose keys were made anew since the backup stays erased")
    func erasedUnderOtherKeys() async throws {
        let (files, opened, ids) = try await vault(people: 4)
        // Erased and there again before the backup: that stays.
        try await opened.erase(ids[3], compartments: ["contact"])
        try await opened.update(ids[3], #"{"email":"again@example.fi"}"#)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        for id in ids[1...2] {
            try await opened.update(id, #"{"phone":null}"#)
            try await opened.erase(id, compartments: ["contact"])
        }
        await opened.close()
        let (restored, _) = try await restore(files, parts, records: 1, keys: 1)
        var again = try await restored.open()
        for id in ids[1...2] {
            let fields = try await again.read(id)
            #expect(fields["email"] == nil && fields["phone"] == nil && fields["name"] != nil)
        }
        #expect(try await again.read(ids[3])["email"] == "\"again@example.fi\"")
        #expect(try await again.read(ids[0])["email"] != nil)
        // What is said of them from here on is no remnant.
        try await again.update(ids[1], #"{"email":"new@example.fi"}"#)
        await again.close()
        again = try await restored.open()
        #expect(try await again.read(ids[1])["email"] == "\"new@example.fi\"")
        await again.close()
        let check = try await restored.check()
        #expect(check.findings.isEmpty, "\(check.findings)")
    }

    @Test("old copies of whom the ledger alone knows to be erased don't open after a rotation")
    func erasedSince() async throws {
        let (files, opened, ids) = try await vault(people: 3)
        let parts = try PartsDirectory()
        try await opened.backUp(to: parts.path)
        try await opened.erase(ids[1])
        await opened.close()
        let copy = try parts.part(.keys, 1, files.keyring)
        let (restored, _) = try await restore(files, parts, records: 1, keys: 1)
        let again = try await restored.open()
        #expect(try await again.rotate() == .final)
        var keys = SnapshotKeys(
            try await again.store.segments(), keyring: again.vault.keyring)
        for box in copy.boxes {
            let opens = keys.open(box.stored) != nil
            #expect(!opens, "\(box.id)")
        }
        #expect(try await again.read(ids[0])["name"] != nil)
        await again.close()
    }

    @Test("a rotation in its middle state is restored, and goes on", arguments: [false, true])
    func middle(keysPartIsOlder: Bool) async throws {
        let files = try await VaultFiles.make()
        let (good, bad) = (try PartsDirectory(), try PartsDirectory())
        let opened = try await files.open(
            .forTests.with {
                $0.backupDestinations = [
                    good.destination, FaultyDestination(bad.destination, failing: .check),
                ]
            })
        var ids: [RecordID] = []
        for number in 0..<6 { ids.append(try await opened.create(Person.body(number))) }
        try await opened.backUp(to: good.path)
        try await opened.erase(ids[0])
        try await opened.erase(ids[1], compartments: ["contact"])
        #expect(try await opened.rotate() == .waiting(for: [bad.path]))
        let epochs = opened.vault.keyring.epochs
        #expect(epochs == [1, 2])
        try await opened.erase(ids[2])
        let fields = try await opened.read(ids[3])
        await opened.close()
        let newest: UInt64 =
            keysPartIsOlder
            ? 1
            : try #require(
                good.destination.numbers(of: .keys).last)
        #expect(keysPartIsOlder || newest == 2)
        let (restored, report) = try await restore(
            files, good, records: 1, keys: newest, acceptsOlderKeys: true)
        #expect(report.records == 4)
        let again = try await restored.open()
        #expect(again.vault.keyring.epochs == epochs)
        // The rotation sealed the policy anew: the older keys part has one that may be an older policy.
        #expect(report.isPolicyOlder == keysPartIsOlder)
        if keysPartIsOlder {
            let proof = try await again.authorize(ManageGrants.self, TestCaller.admin, nil)
            _ = try await again.vault.confirmGrants(proof)
        }
        #expect(try await again.read(ids[3]) == fields)
        #expect(try await again.find("email", .string(Person.email(4))) == [ids[4]])
        try await again.update(ids[4], #"{"email":"new@example.fi"}"#)
        #expect(try await again.rotate() == .final)
        #expect(again.vault.keyring.epochs == [2])
        #expect(try await again.find("email", .string("new@example.fi")) == [ids[4]])
        #expect(try await again.rotate() == .final)
        for id in [ids[0], ids[2]] {
            await #expect(throws: VaultError.self) { try await again.read(id) }
        }
        #expect(try await again.read(ids[1])["phone"] == nil)
        await again.close()
        let check = try await restored.check()
        #expect(check.findings.isEmpty, "\(check.findings)")
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

    private func chains(
        _ files: VaultFiles, _ parts: PartsDirectory, records: UInt64, keys: UInt64
    ) throws -> (records: RestoreChain, keys: RestoreChain) {
        let key = files.keyring.certificateKey.publicKey
        return (
            try RestoreChain(
                .records, path: "\(parts.path)/\(BackupPart.records.fileName(records))",
                certificateKey: key),
            try RestoreChain(
                .keys, path: "\(parts.path)/\(BackupPart.keys.fileName(keys))",
                certificateKey: key)
        )
    }

    private func restore(
        _ files: VaultFiles, _ parts: PartsDirectory, records: UInt64, keys: UInt64,
        acceptsOlderKeys: Bool = false, acceptsStale: Bool = false
    ) async throws -> (files: VaultFiles, report: Restore.Report) {
        let chains = try chains(files, parts, records: records, keys: keys)
        let (_, entries) = try files.openLedger()
        let current = try files.currentKeyring()
        try Restore.Refusal.check(
            records: chains.records, keys: chains.keys, keyring: current, entries: entries,
            acceptsOlderKeys: acceptsOlderKeys)
        let restored = try VaultFiles(
            restoring: current.renumbered(nowSeconds: 1), ledgerAt: files.ledgerPath)
        let (ledger, _) = try restored.openLedger()
        let store = try SQLiteStore.create(at: restored.path)
        var restore = Restore(
            records: chains.records, keys: chains.keys, keyring: restored.keyring,
            entries: entries, store: store, catalogue: .shipped, acceptsStale: acceptsStale)
        _ = try await restore.fill()
        let report = try await restore.finish(ledger)
        await store.close()
        return (restored, report)
    }
}

/// A place for drills, beside the vault's files.
final class DrillPlace: DrillGround {
    let path = NSTemporaryDirectory() + "aitta-drill-" + UUID().uuidString
    private let escrowFile = Locked<String?>(nil)

    private let ledgerFile = Locked<String?>(nil)

    init() throws {}

    /// The vault's, which is copied.
    var ledgerPath: String? {
        get { ledgerFile.value }
        set { ledgerFile.change { $0 = newValue } }
    }

    var escrowPath: String? {
        get { escrowFile.value }
        set { escrowFile.change { $0 = newValue } }
    }

    func begin() async throws -> any VaultStore {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        return try SQLiteStore.create(at: path)
    }

    func ledger(of keyring: Keyring) throws -> (ledger: Ledger, entries: [LedgerEntry]) {
        let original = try #require(ledgerPath)
        try FileManager.default.copyItem(atPath: original, toPath: path + "/ledger")
        return try Ledger.open(at: path + "/ledger", keyring: keyring)
    }

    func end(_ store: (any VaultStore)?) async {
        await store?.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    func escrow() throws -> [UInt8]? {
        try escrowPath.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
    }
}

extension OpenedVault {
    func drill(_ directory: String) async throws -> JSONValue {
        let proof = try await authorize(BackUp.self, TestCaller.custodian, nil)
        _ = try await vault.startDrill(proof, directory: directory)
        await vault.backups.ended()
        return try #require(vault.backups(proof)["lastDrill"])
    }
}
