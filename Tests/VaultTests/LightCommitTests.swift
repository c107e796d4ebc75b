import SQLiteStore
import Storage
import Testing
import VaultTesting
import Verification

@testable import Vault

/// Accesses that need no sync are committed by one of their callers.
@Suite struct LightCommitTests {
    private struct Fixture {
        let files: VaultFiles
        let store: FaultyStore
        let queue: CommitQueue
        let log = LogTree()
        let failures = FailureLog()

        init(limits: CommitQueue.Limits = CommitQueue.Limits()) async throws {
            files = try await VaultFiles.make()
            store = FaultyStore(try SQLiteStore.open(at: files.path))
            queue = CommitQueue(
                store: store, ledger: try files.openLedger().ledger, log: log, clock: files.clock,
                policyVersion: 1, limits: limits, onFailure: failures.note)
        }

        func close() async {
            await queue.stop()
            await store.closeInner()
        }

        func isCommitted(_ commit: Commit) async -> Bool {
            if case .committed = await queue.commit([commit])[0] { true } else { false }
        }
    }

    private static func entry(_ text: String, _ durability: Durability) -> Commit {
        Commit(
            mutation: Mutation(audit: [LogLeaf(sample: Array(text.utf8))]), durability: durability)
    }

    /// The thread is not even started; what needs a sync waits for it.
    @Test func noThreadIsNeeded() async throws {
        let fixture = try await Fixture()
        #expect(await fixture.isCommitted(Self.entry("a", .process)))
        let synced = Task { await fixture.isCommitted(Self.entry("b", .power)) }
        while fixture.queue.waitingCount < 1 { await Task.yield() }
        #expect(fixture.store.groupSizes == [1])
        fixture.queue.start()
        #expect(await synced.value)
        await fixture.close()
    }

    @Test func whatComesMeanwhileSharesTheNextGroup() async throws {
        let fixture = try await Fixture()
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let results = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await fixture.isCommitted(Self.entry("0", .process)) }
            await gate.arrival()
            for number in 1...50 {
                group.addTask { await fixture.isCommitted(Self.entry("\(number)", .process)) }
            }
            while fixture.queue.waitingCount < 50 { await Task.yield() }
            gate.open()
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count == 51 && results.allSatisfy { $0 })
        #expect(fixture.store.groupSizes == [1, 50])
        fixture.queue.start()
        await fixture.close()
    }

    @Test func theThreadTakesAllOnceOneNeedsIt() async throws {
        let fixture = try await Fixture()
        fixture.queue.start()
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let results = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await fixture.isCommitted(Self.entry("0", .process)) }
            await gate.arrival()
            for (place, durability) in [Durability.process, .power, .process].enumerated() {
                group.addTask { await fixture.isCommitted(Self.entry("\(place)", durability)) }
                while fixture.queue.waitingCount < place + 1 { await Task.yield() }
            }
            gate.open()
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count == 4 && results.allSatisfy { $0 })
        #expect(fixture.store.groupSizes == [1, 3])
        await fixture.close()
    }

    @Test func theEndWaitsForWhoeverLeads() async throws {
        let fixture = try await Fixture()
        fixture.queue.start()
        let gate = fixture.store.hold(.beforeCommit { _ in true })
        let first = Task { await fixture.isCommitted(Self.entry("a", .process)) }
        await gate.arrival()
        let second = Task { await fixture.isCommitted(Self.entry("b", .process)) }
        while fixture.queue.waitingCount < 1 { await Task.yield() }
        let stopping = Task { await fixture.queue.stop() }
        gate.open()
        await stopping.value
        #expect(await first.value)
        #expect(await second.value)
        #expect(await !fixture.isCommitted(Self.entry("c", .process)))
        await fixture.store.closeInner()
    }

    @Test func unknownOutcomeEndsAll() async throws {
        let fixture = try await Fixture()
        fixture.store.failNextCommit(.unknownButWritten)
        #expect(await !fixture.isCommitted(Self.entry("a", .process)))
        #expect(await !fixture.isCommitted(Self.entry("b", .process)))
        #expect(fixture.failures.all == [.outcomeUnknown])
        fixture.queue.start()
        await fixture.close()
    }

    /// The thread hands the lead to a sleeper when its own work is done: nobody else may commit then.
    @Test func aSleeperThatIsWokenByTheThreadLeadsAlone() async throws {
        let fixture = try await Fixture()
        fixture.queue.start()
        for round in 0..<50 {
            let heavy = fixture.store.hold(.beforeCommit { $0.audit.first?.entry == [9] })
            async let power = fixture.isCommitted(
                Commit(mutation: Mutation(audit: [[9]]), durability: .power))
            await heavy.arrival()
            // It sleeps while the thread commits.
            async let sleeper = fixture.isCommitted(Self.entry("sleeper", .process))
            while fixture.queue.waitingCount < 1 { await Task.yield() }
            let lead = fixture.store.hold(
                .beforeCommit { $0.audit.first == LogLeaf(sample: Array("sleeper".utf8)) })
            heavy.open()
            await lead.arrival()
            // While it leads, others of both sorts come; two at once would end the process.
            async let light = fixture.isCommitted(Self.entry("light \(round)", .process))
            async let other = fixture.isCommitted(Self.entry("heavy \(round)", .power))
            while fixture.queue.waitingCount < 2 { await Task.yield() }
            lead.open()
            let all = await [power, sleeper, light, other]
            #expect(all == [true, true, true, true])
        }
        await fixture.close()
    }

    /// A sync that is due comes before the next caller leads, though one sleeps already.
    @Test func nobodyLeadsBeforeADueSync() async throws {
        var limits = CommitQueue.Limits()
        limits.syncMilliseconds = 0
        let fixture = try await Fixture(limits: limits)
        fixture.queue.start()
        for round in UInt64(0)..<50 {
            let first = Self.entry("first", .process)
            let second = Self.entry("second", .process)
            let leading = fixture.store.hold(.beforeCommit { $0.audit == first.mutation.audit })
            async let one = fixture.isCommitted(first)
            await leading.arrival()
            async let other = fixture.isCommitted(second)
            while fixture.queue.waitingCount < 1 { await Task.yield() }
            // Long enough for the other to have fallen asleep.
            for _ in 0..<100 { await Task.yield() }
            let next = fixture.store.hold(.beforeCommit { $0.audit == second.mutation.audit })
            leading.open()
            await next.arrival()
            #expect(fixture.log.head.size == 2 * round + 1, "round \(round)")
            next.open()
            #expect(await one)
            #expect(await other)
        }
        await fixture.close()
    }

    /// Callers of both sorts, from many tasks: every entry is there once, and none is forgotten.
    @Test func mixedLoad() async throws {
        let fixture = try await Fixture()
        fixture.queue.start()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<24 {
                group.addTask {
                    for number in 0..<40 {
                        let durability: Durability =
                            (task + number) % 7 == 0 ? .power : .process
                        let entry = Self.entry("\(task)/\(number)", durability)
                        #expect(await fixture.isCommitted(entry))
                    }
                }
            }
        }
        let entries = try await fixture.store.auditEntries(after: 0, limit: 10_000)
            .map { String(decoding: $0.leaf.entry, as: UTF8.self) }.filter { $0.contains("/") }
        #expect(entries.count == 24 * 40 && Set(entries).count == 24 * 40)
        await fixture.close()
    }
}
