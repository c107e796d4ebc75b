import Catalogue
import Cryptography
import Foundation
import GRDB
import KeyManagement
import SQLiteStore
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct DeepRotationTests {
    /// No rest between segments: nothing waits for the clock in a test.
    private static var configuration: VaultConfiguration {
        .forTests.with { $0.rotationRest = { _ in } }
    }

    private func find(_ number: Int, in opened: OpenedVault) async throws -> [RecordID] {
        try await opened.find("email", .string(Person.email(number)))
    }

    /// Records in segments of their own: a rotation ends a segment that is dirty.
    private func makeSegments(_ count: Int, in opened: OpenedVault) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for number in 1...count {
            ids.append(try await opened.create(Person.body(number)))
            try await opened.erase(try await opened.create(Person.body(1000 + number)))
            #expect(try await opened.rotate() == .final)
        }
        return ids
    }

    @Test func everyKeyIsAnewAndEveryRecordStaysAsItIs() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        var ids: [RecordID] = []
        for number in 1...5 { ids.append(try await opened.create(Person.body(number))) }
        let before = try await opened.read(ids[0])
        try await opened.erase(ids[1])
        try await opened.erase(ids[2], compartments: ["contact"])
        let old = opened.vault.keyring
        let oldSegments = try await opened.store.segments()
        let oldRow = try await live(ids[0], opened)
        let oldBox = try await opened.vault.open(oldRow)
        let oldDEKs = oldBox.box.labels.map(\.dekID)
        let oldRootKey = try files.rootKey
        #expect(try await opened.rotate(.deep) == .final)
        let keyring = opened.vault.keyring
        #expect(keyring.rotation == nil && keyring.kek.epoch == 2)
        #expect(keyring.indexKey.generation == 2)
        #expect(keyring.certificateKey.publicKey != old.certificateKey.publicKey)
        #expect(keyring.logKey.publicKey != old.logKey.publicKey)
        #expect(keyring.backupKey.publicKey != old.backupKey.publicKey)
        // What it looks like from outside is as before.
        #expect(try await opened.read(ids[0]) == before)
        #expect(try await opened.view(ids[0]).version == 1)
        #expect(try await find(1, in: opened) == [ids[0]])
        #expect(try await find(2, in: opened) == [])
        #expect(try await find(3, in: opened) == [])
        await expectError(.erased) { _ = try await opened.read(ids[1]) }
        await expectError(.duplicate) { try await opened.create(Person.body(4)) }
        #expect(try await opened.finality(of: ids[1]) == [false, true])
        #expect(try await opened.finality(of: ids[2]) == [false, true])
        // Nothing that the old keyring opens is left.
        for segment in try await opened.store.segments() {
            #expect(!segment.isDirty && segment.epoch == 2)
            #expect(throws: KeyError.self) { try SegmentKey.open(segment, keyring: old) }
        }
        let row = try await live(ids[0], opened)
        let box = try await opened.vault.open(row)
        #expect(Set(box.box.labels.map(\.dekID)).isDisjoint(with: oldDEKs))
        #expect(row.fields != oldRow.fields && row.generation == oldRow.generation)
        let oldKey = try SegmentKey.open(oldSegments[0], keyring: old)
        #expect(throws: VaultError.self) {
            _ = try OpenRecord(row, key: oldKey, vault: keyring.vault)
        }
        let value = try SoughtValue(key: "email", normalised: Array("a".utf8), keyring: keyring)
        let oldValue = try SoughtValue(key: "email", normalised: Array("a".utf8), keyring: old)
        #expect(!value.places[0].value.equals(oldValue.places[0].value))
        #expect(throws: KeyError.self) {
            try files.keyrings.open(rootKey: oldRootKey, vault: keyring.vault)
        }
        #expect(throws: KeyError.self) { try Ledger.open(at: files.ledgerPath, keyring: old) }
        #expect(try await opened.store.isIndexEmpty(generation: 1))
        #expect(
            try old.erasedAtMilliseconds(tombstone: tombstone(ids[1], opened), of: ids[1]) == nil)
        let later = try await opened.create(Person.body(9))
        #expect(try await find(9, in: opened) == [later])
        await opened.close()
        #expect(try await files.check().findings == [])
        let again = try await files.open(Self.configuration)
        #expect(try await again.read(ids[0]) == before)
        #expect(try await again.rotate() == .final)
        #expect(try await again.read(ids[0]) == before)
        #expect(try await again.rotate(.deep) == .final)
        #expect(try await again.read(ids[0]) == before)
        #expect(try await find(9, in: again) == [later])
        await again.close()
        #expect(try await files.check().findings == [])
    }

    private func live(_ id: RecordID, _ opened: OpenedVault) async throws -> StoredRecord {
        guard case .live(let stored) = try await opened.store.record(id) else {
            throw TestFailure("not live")
        }
        return stored
    }

    private func tombstone(_ id: RecordID, _ opened: OpenedVault) throws -> [UInt8] {
        let queue = try DatabaseQueue(path: opened.files.database)
        let body = try queue.read {
            try Data.fetchOne(
                $0, sql: "SELECT body FROM tombstones WHERE id = ?", arguments: [Data(id.bytes)])
        }
        return Array(try #require(body))
    }

    /// Stopped before each thing that it does, and begun again by a vault that was opened anew, as after a
    /// kill: nothing is lost, nobody is back, and it becomes final.
    @Test func itGoesOnFromEveryState() async throws {
        var place = 0
        while true {
            let files = try await VaultFiles.make()
            let stopper = RotationStopper(before: place)
            let setUp = try await files.open(Self.configuration)
            var ids = try await makeSegments(2, in: setUp)
            for number in 3...4 { ids.append(try await setUp.create(Person.body(number))) }
            try await setUp.erase(ids[0])
            await setUp.close()
            let opened = try await files.open(
                Self.configuration.with { $0.rotationProbe = stopper.probe })
            let outcome = try await opened.rotate(.deep)
            let middle = try await opened.create(Person.body(9))
            try await opened.erase(ids[1])
            try await opened.update(ids[3], #"{"email":"other@example.fi"}"#)
            await opened.close()
            let at = "stopped at \(place): \(stopper.steps.last.map(\.rawValue) ?? "")"
            #expect(try await files.check().findings == [], "\(at)")
            let again = try await files.open(Self.configuration)
            let begun = again.vault.keyring.rotation == .deep
            let resumed = try await again.rotate(outcome == .final || begun ? .epoch : .deep)
            #expect(resumed == .final, "\(at): \(resumed.map { "\($0)" } ?? "")")
            #expect(again.vault.keyring.rotation == nil, "\(at)")
            for (number, id) in [(3, ids[2]), (9, middle)] {
                #expect(try await find(number, in: again) == [id], "\(at)")
                #expect(
                    try await again.read(id)["reference"] == "\"WC-\(number)\"", "\(at)")
            }
            #expect(
                try await again.find("email", .string("other@example.fi")) == [ids[3]], "\(at)")
            for gone in [1, 2, 4] { #expect(try await find(gone, in: again) == [], "\(at)") }
            await expectError(.erased) { _ = try await again.read(ids[0]) }
            #expect(try await again.finality(of: ids[0]) == [false, true], "\(at)")
            #expect(try await again.rotate() == .final, "\(at)")
            #expect(try await again.finality(of: ids[1]) == [false, true], "\(at)")
            let history = try await again.vault.keyHistory().history
            #expect(!history.changes.isEmpty, "\(at)")
            #expect(history.changes.allSatisfy { $0.statement != nil }, "\(at)")
            await again.close()
            #expect(try await files.check().findings == [], "\(at)")
            if outcome == .final { break }
            place += 1
        }
        #expect(place >= 12)
    }

    /// While some records stand in the old index and others in the new one, each is found, a duplicate of each
    /// is refused, and what changes is found as it is now.
    @Test func everyRecordIsFoundInTheMiddle() async throws {
        let files = try await VaultFiles.make()
        let setUp = try await files.open(Self.configuration)
        let ids = try await makeSegments(4, in: setUp)
        await setUp.close()
        let resealed = Locked(0)
        let opened = try await files.open(
            Self.configuration.with {
                $0.rotationProbe = { step in
                    guard step == .resealRecords else { return }
                    resealed.change { $0 += 1 }
                    // The first is the step's own.
                    if resealed.value == 4 { throw TestFailure("in the middle") }
                }
            })
        #expect(try await opened.rotate(.deep) != .final)
        let epochs = Set(try await opened.store.segments().map(\.epoch))
        #expect(epochs.count == 2)
        for (number, id) in zip(1..., ids) {
            #expect(try await find(number, in: opened) == [id])
            await expectError(.duplicate) { try await opened.create(Person.body(number)) }
            _ = try await opened.update(id, #"{"email":"new\#(number)@example.fi"}"#)
            #expect(try await find(number, in: opened) == [])
            #expect(
                try await opened.find("email", .string("new\(number)@example.fi")) == [id])
            // What was given up may be taken by another.
            let other = try await opened.create(
                try json(
                    #"{"kind":"person","fields":{"name":{"given":"Eeva","family":"Muu"},"email":"\#(Person.email(number))"}}"#
                ))
            #expect(try await find(number, in: opened) == [other])
        }
        try await opened.erase(ids[0])
        try await opened.erase(ids[3])
        #expect(try await opened.find("email", .string("new1@example.fi")) == [])
        #expect(try await opened.find("email", .string("new4@example.fi")) == [])
        await opened.close()
        #expect(try await files.check().findings == [])
        let again = try await files.open(Self.configuration)
        #expect(try await again.rotate() == .final)
        for (number, id) in zip(2...3, ids[1...2]) {
            #expect(try await again.find("email", .string("new\(number)@example.fi")) == [id])
        }
        await again.close()
        #expect(try await files.check().findings == [])
    }

    @Test func requestsGoOnMeanwhile() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        let seed = UInt64.random(in: 0...UInt64.max)
        var ids: [RecordID] = []
        for number in 1...400 { ids.append(try await opened.create(Person.body(number))) }
        let known = ids
        let isDone = Locked(false)
        let made = Locked<[RecordID: Int]>([:])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(worker))
                    var round = 0
                    while (!isDone.value && round < 300) || round < 20 {
                        round += 1
                        let number = 100_000 * (worker + 1) + round
                        let place = Int.random(in: 0..<130, using: &random) * 3 + worker
                        let id = known[place]
                        switch Int.random(in: 0..<4, using: &random) {
                        case 0:
                            let id = try await opened.create(Person.body(number))
                            made.change { $0[id] = number }
                        case 1:
                            try await opened.update(
                                id, #"{"phone":"\#(Person.phone(500_000 + number))"}"#)
                        case 2:
                            #expect(try await find(place + 1, in: opened) == [id], "seed \(seed)")
                        default:
                            #expect(
                                try await opened.read(id)["reference"] == "\"WC-\(place + 1)\"",
                                "seed \(seed)")
                        }
                    }
                }
            }
            group.addTask {
                defer { isDone.change { $0 = true } }
                for _ in 0..<2 {
                    let outcome = try await opened.rotate(.deep)
                    #expect(outcome == .final, "seed \(seed)")
                }
            }
            try await group.waitForAll()
        }
        for (id, number) in made.value {
            #expect(try await find(number, in: opened) == [id], "seed \(seed)")
        }
        for (number, id) in zip(1..., ids) {
            #expect(try await find(number, in: opened) == [id], "seed \(seed)")
        }
        #expect(opened.failures.all.isEmpty)
        await opened.close()
        #expect(try await files.check().findings == [], "seed \(seed)")
    }

    /// The history leads from the first keys to those of now; one that somebody altered leads nowhere.
    @Test func theOldKeysSignTheNewOnes() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        try await opened.create(Person.body(1))
        let first = opened.vault.keyring
        try await opened.rotate(.deep)
        let second = opened.vault.keyring
        try await opened.rotate(.deep)
        let third = opened.vault.keyring
        let proof = try await opened.authorize(ReadKeys.self, TestCaller.custodian, nil)
        let document = try await opened.vault.keyHistory(proof)
        let history = try #require(KeyHistory(document))
        #expect(
            history.successors(ofCertificateKey: first.certificateKey.publicKey).map(\.certificates)
                == [second.certificateKey.publicKey, third.certificateKey.publicKey])
        #expect(
            history.successors(ofLogKey: first.logKey.publicKey).map(\.log)
                == [second.logKey.publicKey, third.logKey.publicKey])
        #expect(history.vault == first.vault.description)
        #expect(
            history.successors(ofCertificateKey: third.certificateKey.publicKey).isEmpty)
        #expect(history.changes.allSatisfy { $0.statement?["leftUnderOldKeys"]?.integer == 0 })
        let beside = try Data(
            contentsOf: URL(fileURLWithPath: files.path + "/keyring/key-history.json"))
        #expect(try JSONParser.parse(Array(beside)) == document)
        let text = String(decoding: document.encoded(), as: UTF8.self)
        let forged = try text.replacing(
            Base64.encode(third.certificateKey.publicKey.bytes),
            with: Base64.encode(VaultFiles.makeKeyring().certificateKey.publicKey.bytes))
        #expect(forged != text)
        #expect(KeyHistory(try JSONParser.parse(Array(forged.utf8))) == nil)
        await opened.close()
    }

    /// One that the key history has no room for is refused before anything changes; what it holds can be read
    /// everywhere.
    @Test func aFullKeyHistoryRefusesAnother() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        let keyring = opened.vault.keyring
        let state = KeyHistoryState.state(
            try fullHistory(leadingTo: keyring), version: 1)
        let entry = opened.vault.rotationEntry("test").leaf(milliseconds: 1_795_348_800_000)
        let commit = Commit(
            mutation: Mutation(writes: [.putState(state)], audit: [entry]),
            keys: opened.vault.keyUse)
        let result = await opened.vault.commits.commit([commit])[0]
        guard case .committed = result else { throw TestFailure("\(result)") }
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        let error = await expectError(.conflict) {
            try await opened.vault.startRotation(proof, RotationRequest(kind: .deep))
        }
        #expect(error?.detail?.contains("256") == true)
        guard case .stopped("conflict", _) = try await opened.rotate(.deep) else {
            throw TestFailure("a deep rotation began without room in the key history")
        }
        #expect(opened.vault.keyring.generation == keyring.generation)
        #expect(!opened.vault.isRotationPending)
        #expect(try await opened.rotate() == .final)
        let parts = try PartsDirectory()
        #expect(try await opened.backUp(to: parts.path)["outcome"]?.text == "ok")
        _ = try parts.part(.keys, 1, opened.vault.keyring)
        await opened.close()
        let again = try await files.open(Self.configuration)
        #expect(try await again.vault.keyHistory().history.changes.count == 256)
        await again.close()
        #expect(try await files.check().findings == [])
    }

    private func fullHistory(leadingTo keyring: Keyring) throws -> KeyHistory {
        var history = KeyHistory()
        var former = try VaultFiles.makeKeyring()
        for epoch in 1...UInt64(KeyHistory.maximumChanges) {
            let next =
                epoch == UInt64(KeyHistory.maximumChanges) ? keyring : try VaultFiles.makeKeyring()
            let change = try KeyChange(
                vault: keyring.vault.description, epoch: epoch, at: "2026-11-25T12:00:00Z",
                from: former.signingKeys, to: next.signingKeys, old: former.certificateKey.sign,
                oldLog: former.logKey.sign, new: next.certificateKey.sign)
            guard history.append(change) else { throw TestFailure("change \(epoch)") }
            former = next
        }
        return history
    }

    private func makeToken(
        _ name: String, _ opened: OpenedVault
    ) async throws -> (name: String, token: PresentedToken) {
        let proof = try await opened.authorize(ManageTokens.self, TestCaller.admin, nil)
        let made = try await opened.vault.addToken(
            proof,
            try json(
                #"{"name":"\#(name)","users":["uid:\#(TestCaller.custodian.uid)"],"reason":"test"}"#
            ))
        var writer = JSONWriter()
        try made.writeSecret(to: &writer)
        let secret = try JSONParser.parse(writer.bytes).text
        let text = "Bearer " + (try #require(secret))
        return (name, try #require(PresentedToken(authorization: text)))
    }

    /// A token is known to nobody but who presents it: it goes on being good, whatever was rotated since.
    @Test func tokensStayGood() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        var tokens: [(name: String, token: PresentedToken)] = []
        func check(_ place: String) async throws {
            for (name, token) in tokens {
                let caller = try await opened.vault.identify(
                    token,
                    AccessRequest(
                        caller: TestCaller.custodian, purpose: nil, requestID: "test"))
                #expect(caller.token?.name == name, "\(place)")
            }
        }
        for round in 1...3 {
            tokens.append(try await makeToken("shop-\(round)", opened))
            try await check("before \(round)")
            #expect(try await opened.rotate(.deep) == .final)
            try await check("after \(round)")
        }
        #expect(opened.vault.authoriser.policy.tokenHashing.retired.count == 3)
        let proof = try await opened.authorize(ManageTokens.self, TestCaller.admin, nil)
        for (name, _) in tokens.prefix(2) {
            _ = try await opened.vault.revokeToken(proof, named: name)
        }
        tokens.removeFirst(2)
        #expect(try await opened.rotate(.deep) == .final)
        try await check("at the end")
        #expect(opened.vault.authoriser.policy.tokenHashing.retired.count == 2)
        await opened.close()
    }
}
