import KeyManagement
import SQLiteStore
import Storage
import Synchronization
import Testing
import VaultTesting

@testable import Vault

@Suite struct CommitQueueTests {
    /// A queue over an empty store.
    private struct Fixture {
        let files: VaultFiles
        let store: FaultyStore
        let queue: CommitQueue
        let failures = FailureLog()

        init(gatherMicroseconds: UInt64 = 0, groupCount: Int = 1024) async throws {
            files = try await VaultFiles.make()
            store = FaultyStore(try SQLiteStore.open(at: files.path))
            var limits = CommitQueue.Limits()
            limits.gatherMicroseconds = gatherMicroseconds
            limits.groupCount = groupCount
            queue = CommitQueue(
                store: store, ledger: try files.openLedger().ledger, clock: files.clock,
                policyVersion: 1, limits: limits, onFailure: failures.note)
            queue.start()
        }

        func close() async {
            await queue.stop()
            await store.closeInner()
        }

        func isCommitted(_ result: CommitResult) -> Bool {
            if case .committed = result { true } else { false }
        }

        func error(_ result: CommitResult) -> StoreError? {
            if case .failed(let error) = result { error } else { nil }
        }
    }

    private static func entry(_ text: String) -> Commit {
        Commit(mutation: Mutation(audit: [LogLeaf(sample: Array(text.utf8))]))
    }

    private static func isEntry(_ text: String) -> @Sendable (Mutation) -> Bool {
        { $0.audit.first?.entry == Array(text.utf8) }
    }

    /// What names no keys, or others, is refused and committed nowhere; its neighbours are, and the service
    /// goes on.
    @Test func whatIsSealedUnderOtherKeysIsRefused() async throws {
        let fixture = try await Fixture()
        let commits = [nil, KeyUse(version: 1), KeyUse(version: 0)].enumerated().map {
            place, keys in
            let record = StoredRecord(
                id: RecordID(milliseconds: 1, random: (1, UInt64(place))), segment: SegmentID(0),
                generation: 1, box: [0], fields: [0])
            return Commit(mutation: Mutation(writes: [.insert(record)]), keys: keys)
        }
        let results = await fixture.queue.commit(commits)
        let names = results.map { result in
            switch result {
            case .committed: "committed"
            case .keysChanged: "keys changed"
            default: "other"
            }
        }
        #expect(names == ["keys changed", "keys changed", "committed"])
        #expect(try await fixture.store.counts().records == 1)
        #expect(fixture.failures.all.isEmpty)
        await fixture.close()
    }

    /// What comes while a group is being committed shares the next one.
    @Test func whatWaitsTogetherCommitsTogether() async throws {
        let fixture = try await Fixture()
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let results = await withTaskGroup(of: Bool.self) { group in
            group.addTask { fixture.isCommitted(await fixture.queue.commit([Self.entry("0")])[0]) }
            await gate.arrival()
            for number in 1...50 {
                group.addTask {
                    fixture.isCommitted(await fixture.queue.commit([Self.entry("\(number)")])[0])
                }
            }
            while fixture.queue.waitingCount < 50 { await Task.yield() }
            gate.open()
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count == 51 && results.allSatisfy { $0 })
        #expect(fixture.store.groupSizes == [1, 50])
        await fixture.close()
    }

    @Test func groupsAreBounded() async throws {
        let fixture = try await Fixture(groupCount: 10)
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await fixture.queue.commit([Self.entry("0")]) }
            await gate.arrival()
            for number in 1...25 {
                group.addTask { _ = await fixture.queue.commit([Self.entry("\(number)")]) }
            }
            while fixture.queue.waitingCount < 25 { await Task.yield() }
            gate.open()
        }
        #expect(fixture.store.groupSizes == [1, 10, 10, 5])
        await fixture.close()
    }

    @Test func failingOperationFailsNoNeighbour() async throws {
        let fixture = try await Fixture()
        fixture.store.failNextCommit(
            .failedMutations(.unexpected(code: 12)), where: Self.isEntry("bad"))
        let commits = ["a", "bad", "b"].map(Self.entry)
        let results = await fixture.queue.commit(commits)
        #expect(fixture.isCommitted(results[0]) && fixture.isCommitted(results[2]))
        #expect(fixture.error(results[1]) == .unexpected(code: 12))
        // And a rejected one neither.
        let missing = RecordID(high: 1, low: 1)
        let rejected = await fixture.queue.commit([
            Self.entry("c"),
            Commit(mutation: Mutation(expectations: [.exists(missing)], audit: [[1]])),
            Self.entry("d"),
        ])
        #expect(fixture.isCommitted(rejected[0]) && fixture.isCommitted(rejected[2]))
        guard case .rejected(.unknownRecord(missing)) = rejected[1] else {
            Issue.record("not rejected")
            return
        }
        let texts = try await fixture.store.auditEntries(after: 0, limit: 100).suffix(4)
        #expect(
            texts.map { String(decoding: $0.leaf.entry, as: UTF8.self) } == ["a", "b", "c", "d"])
        await fixture.close()
    }

    @Test func failedGroupFailsAlone() async throws {
        let fixture = try await Fixture()
        fixture.store.failNextCommit(.refused(.diskFull))
        let failed = await fixture.queue.commit(["a", "b"].map(Self.entry))
        #expect(failed.allSatisfy { fixture.error($0) == .diskFull })
        let next = await fixture.queue.commit([Self.entry("c")])
        #expect(fixture.isCommitted(next[0]))
        #expect(fixture.failures.all.isEmpty)
        await fixture.close()
    }

    @Test func unknownOutcomeFailsAllAndEverythingAfter() async throws {
        let fixture = try await Fixture()
        fixture.store.failNextCommit(.unknownButWritten)
        let failed = await fixture.queue.commit(["a", "b"].map(Self.entry))
        #expect(failed.allSatisfy { fixture.error($0) == .outcomeUnknown })
        for _ in 0..<3 {
            let later = await fixture.queue.commit([Self.entry("c")])
            #expect(fixture.error(later[0]) == .outcomeUnknown)
        }
        #expect(fixture.failures.all == [.outcomeUnknown])
        await fixture.close()
    }

    @Test func ledgerThatCantBeWrittenIsAnUnknownOutcome() async throws {
        let files = try await VaultFiles.make()
        let store = FaultyStore(try SQLiteStore.open(at: files.path))
        let (ledger, _) = try Ledger.open(
            at: files.ledgerPath, keyring: files.keyring, isReadOnly: true)
        let failures = FailureLog()
        let queue = CommitQueue(
            store: store, ledger: ledger, clock: files.clock, policyVersion: 1,
            onFailure: failures.note)
        queue.start()
        var commit = Self.entry("a")
        commit.mutation.needsLedger = true
        commit.ledgerEvent = .policyAborted(version: 1)
        guard case .failed(.outcomeUnknown) = await queue.commit([commit])[0] else {
            Issue.record("committed without the ledger")
            return
        }
        #expect(failures.all == [.outcomeUnknown])
        await queue.stop()
        await store.closeInner()
    }

    /// A change of the policy goes alone, and what follows it is held against it.
    @Test func policyChangeMidQueue() async throws {
        let fixture = try await Fixture()
        let queue = fixture.queue
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let before = Task { await queue.commit([Self.entry("0")]) }
        await gate.arrival()
        var first = Self.entry("1")
        first.policyVersion = 1
        var change = Self.entry("2")
        change.policyVersion = 1
        change.hasOwnGroup = true
        change.effect = { queue.adopt(policyVersion: 2) }
        var late = Self.entry("3")
        late.policyVersion = 1
        var current = Self.entry("4")
        current.policyVersion = 2
        let commits = [first, change, late, current, Self.entry("5")]
        var tasks: [Task<CommitResult, Never>] = []
        for (place, commit) in commits.enumerated() {
            tasks.append(Task { await queue.commit([commit])[0] })
            while queue.waitingCount < place + 1 { await Task.yield() }
        }
        gate.open()
        _ = await before.value
        var results: [CommitResult] = []
        for task in tasks { results.append(await task.value) }
        for place in [0, 1, 3, 4] { #expect(fixture.isCommitted(results[place]), "\(place)") }
        guard case .policyChanged = results[2] else {
            Issue.record("committed under a policy that was gone")
            return
        }
        #expect(fixture.store.groupSizes == [1, 1, 1, 2])
        await fixture.close()
    }

    @Test func whatComesAfterTheEndIsRefused() async throws {
        let fixture = try await Fixture()
        #expect(fixture.isCommitted(await fixture.queue.commit([Self.entry("a")])[0]))
        await fixture.queue.stop()
        #expect(fixture.error(await fixture.queue.commit([Self.entry("b")])[0]) == .closed)
        await fixture.store.closeInner()
    }

    @Test func stopCommitsWhatWaits() async throws {
        let fixture = try await Fixture()
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let first = Task { await fixture.queue.commit([Self.entry("a")])[0] }
        await gate.arrival()
        let second = Task { await fixture.queue.commit([Self.entry("b")])[0] }
        while fixture.queue.waitingCount < 1 { await Task.yield() }
        let stopping = Task { await fixture.queue.stop() }
        gate.open()
        await stopping.value
        #expect(fixture.isCommitted(await first.value))
        #expect(fixture.isCommitted(await second.value))
        await fixture.store.closeInner()
    }

    @Test func readsAreHeldAgainstChanges() async throws {
        let fixture = try await Fixture()
        let queue = fixture.queue
        let record = StoredRecord(
            id: RecordID(high: 1, low: 1), segment: SegmentID(1), generation: 1, box: [1],
            fields: [1])
        let sequence = queue.sequence
        var read = Self.entry("read")
        read.reads = [record.id]
        read.readSequence = sequence
        #expect(fixture.isCommitted(await queue.commit([read])[0]))
        _ = await queue.commit([
            Commit(mutation: Mutation(writes: [.insert(record)]), keys: KeyUse(version: 0))
        ])
        guard case .recordChanged = await queue.commit([read])[0] else {
            Issue.record("answered what was read before a change")
            return
        }
        read.readSequence = queue.sequence
        #expect(fixture.isCommitted(await queue.commit([read])[0]))
        // A change in the same group counts as one before.
        let erase = Commit(mutation: Mutation(writes: [.erase(record.id, tombstone: [1])]))
        let together = await queue.commit([read, erase])
        guard case .recordChanged = together[0] else {
            Issue.record("answered beside a change")
            return
        }
        #expect(fixture.isCommitted(together[1]))
        await fixture.close()
    }
}
