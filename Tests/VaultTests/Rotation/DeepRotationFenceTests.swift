import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// What was prepared before a deep rotation reached a record, and is committed after.
@Suite struct DeepRotationFenceTests {
    /// A vault whose deep rotation stops before the n-th thing that is done in a step.
    private func stopped(
        before step: RotationStep, nth: Int = 1, people: Int = 2
    ) async throws -> (files: VaultFiles, opened: OpenedVault, ids: [RecordID], Locked<Bool>) {
        let files = try await VaultFiles.make()
        let (isOpen, seen) = (Locked(false), Locked(0))
        let opened = try await files.open(
            .forTests.with {
                $0.rotationRest = { _ in }
                $0.rotationProbe = { reached in
                    guard reached == step, !isOpen.value else { return }
                    seen.change { $0 += 1 }
                    if seen.value == nth { throw TestFailure("stopped") }
                }
            })
        var ids: [RecordID] = []
        for number in 1...people {
            ids.append(try await opened.create(Person.body(number)))
            // A rotation ends a segment that is dirty: each person has one of their own.
            try await opened.erase(try await opened.create(Person.body(1000 + number)))
            #expect(try await opened.rotate() == .final)
        }
        #expect(try await opened.rotate(.deep) != .final)
        return (files, opened, ids, isOpen)
    }

    /// A box sealed under a segment key that is gone would open by no key: it must not be committed.
    @Test(arguments: [["contact"], nil])
    func anErasurePreparedUnderTheFormerSegmentIsPreparedAnew(
        compartments: [String]?
    ) async throws {
        let (files, opened, ids, isOpen) = try await stopped(before: .resealRecords)
        let proof = try await opened.authorize(
            EraseRecord.self, TestCaller.everyone, "data-subject-rights")
        guard case .live(let stored) = try await opened.store.record(ids[0]) else {
            throw TestFailure("not live")
        }
        let use = opened.vault.keyUse
        let record = try await opened.vault.open(stored)
        let wanted = WantedErasure(compartments: compartments, reason: "test")
        let commit = try Erasure(
            of: record, wanted, order: .request(proof), previous: nil, keys: use,
            vault: opened.vault
        ).commit(of: record, vault: opened.vault)
        let keysBefore = opened.vault.keyring.generation
        isOpen.change { $0 = true }
        try await opened.vault.resealRecords(pace: RotationPace())
        // Of the keys as a whole nothing has changed: only the segment tells.
        #expect(opened.vault.keyring.generation == keysBefore)
        guard case .keysChanged = await opened.vault.commits.commit([commit])[0] else {
            Issue.record("a box under a former segment key was committed")
            return
        }
        try await opened.erase(ids[0], compartments: compartments)
        #expect(try await opened.rotate(.deep) == .final)
        await opened.close()
        let findings = try await files.check().findings
        #expect(findings.isEmpty, "\(findings)")
    }

    /// Two requests at once, each of which has seen that nobody has the value: the commit decides, by the
    /// indexes that there are, both of them in the middle.
    @Test(arguments: [0, 1, 2])
    func aDuplicateIsRefusedAtTheCommitInBothIndexes(place: Int) async throws {
        var (files, opened, ids, _) = try await stopped(before: .resealRecords, nth: 3)
        // One who was never in the former index.
        ids.append(try await opened.create(Person.body(3)))
        let segments = try await opened.store.segments()
        let epoch = opened.vault.keyring.kek.epoch
        var epochs: [Bool] = []
        for id in ids {
            guard case .live(let stored) = try await opened.store.record(id) else { continue }
            epochs.append(segments.first { $0.id == stored.segment }?.epoch == epoch)
        }
        #expect(epochs == [true, false, true], "the second is in the former index alone")
        let proof = try await opened.authorize(
            CreateRecord.self, TestCaller.everyone, "order")
        let draft = try opened.vault.draft(
            creating: Person.body(place + 1), isDryRun: false, proof: proof)
        let id = try opened.vault.nextID()
        let prepared = try await opened.vault.prepare(draft, id: id)
        let mutation = prepared.mutation(
            ignoring: prepared.uniques.map { _ in [] }, audit: AuditRecord(proof, record: id),
            milliseconds: 0, duplicates: false)
        let result = await opened.vault.commits.commit([
            Commit(mutation: mutation, policyVersion: proof.policyVersion, keys: prepared.keys)
        ])[0]
        guard case .rejected(.occupied(by: [ids[place]], expectation: _)) = result else {
            Issue.record("a duplicate was committed: \(result)")
            return
        }
        await opened.close()
        let findings = try await files.check().findings
        #expect(findings.isEmpty, "\(findings)")
    }

    /// A root key that a person gives meanwhile is the new one; what is left is renewed all the same.
    @Test func aRootKeyGivenMeanwhileIsTheNewOne() async throws {
        let (files, opened, ids, isOpen) = try await stopped(before: .rewriteLedger)
        let former = try files.rootKey
        try await opened.vault.replaceRootKey(
            by: .keyFile(path: "given.key"), TestCaller.custodian, requestID: "test")
        isOpen.change { $0 = true }
        #expect(try await opened.rotate(.deep) == .final)
        guard case .keyFile(let path)? = opened.vault.configuration.rootKeyNote?.source else {
            throw TestFailure("no key file")
        }
        #expect(path.hasSuffix("/given.key"))
        #expect(throws: KeyError.self) {
            try files.keyrings.open(rootKey: former, vault: opened.vault.keyring.vault)
        }
        await opened.close()
        let again = try await files.open()
        #expect(try await again.read(ids[0])["reference"] == "\"WC-1\"")
        await again.close()
        let findings = try await files.check().findings
        #expect(findings.isEmpty, "\(findings)")
    }
}
