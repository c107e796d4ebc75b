import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

/// Reads that race an erasure: none is answered after it.
@Suite struct ErasureRaceTests {
    private enum Access: CaseIterable {
        case read, batch, search, verify, contacts
    }

    private func answer(
        _ access: Access, _ id: RecordID, _ company: RecordID, _ opened: OpenedVault
    ) async throws -> Int {
        let rights = "data-subject-rights"
        switch access {
        case .read: return try await opened.read(id, as: TestCaller.dpo).count
        case .batch:
            let proof = try await opened.authorize(ReadRecords.self, TestCaller.dpo, rights)
            return try await opened.vault.read(
                proof, [company, id], FieldSelection(), ticket: opened.ticket())[1].get()
                .fields.count
        case .search: return try await opened.find("email", .string(Person.email(2))).count
        case .verify:
            return try await opened.verify(
                id, Person.email(2), field: "email", as: TestCaller.dpo, purpose: rights) ? 1 : 0
        case .contacts:
            let proof = try await opened.authorize(ReadRecords.self, TestCaller.dpo, rights)
            return try await opened.vault.contacts(
                proof, of: company, FieldSelection(), ticket: opened.ticket()
            ).count
        }
    }

    /// The access has read the record and is stopped; the erasure is carried out; the access goes on.
    @Test(arguments: Access.allCases)
    private func readBeforeTheErasureIsNotAnsweredAfterIt(access: Access) async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let id = try await opened.create(Person.contact(2, of: "\(company)"))
        for isErased in [false, true] {
            let gate = opened.store.hold(.afterRead(id))
            let accessing = Task { try await answer(access, id, company, opened) }
            await gate.arrival()
            if isErased { try await opened.erase(id) }
            gate.open()
            let result = await accessing.result
            if isErased {
                // Nothing is found any more, or the answer is the refusal.
                #expect((try? result.get()) ?? 0 == 0, "\(access)")
            } else {
                #expect(try result.get() > 0, "\(access)")
            }
        }
        await opened.close()
    }

    /// The erasure stands in the queue before the access's own commit, in the same group or the one
    /// before it.
    @Test(arguments: Access.allCases)
    private func erasureThatCommitsFirstWins(access: Access) async throws {
        let opened = try await VaultFiles.make().open()
        let company = try await opened.create(Person.company(1))
        let id = try await opened.create(Person.contact(2, of: "\(company)"))
        let erasure = opened.store.hold(.beforeCommit { $0.needsLedger })
        let erasing = Task { try await opened.erase(id) }
        await erasure.arrival()
        // The erasure's group is being committed: the record can still be read.
        let gate = opened.store.hold(.afterRead(id))
        let accessing = Task { try await answer(access, id, company, opened) }
        await gate.arrival()
        gate.open()
        erasure.open()
        _ = try await erasing.value
        let result = await accessing.result
        #expect((try? result.get()) ?? 0 == 0)
        await opened.close()
    }

    @Test func updateBeforeTheErasureIsNotMadeAfterIt() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let gate = opened.store.hold(.afterRead(id))
        let updating = Task { try await opened.update(id, #"{"email":"a@b.fi"}"#) }
        await gate.arrival()
        try await opened.erase(id)
        gate.open()
        await expectError(.erased) { _ = try await updating.value }
        #expect(try await opened.store.counts().records == 0)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func erasureWaitsForAnswersUnderWay() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.responseDeadlineSeconds = 3600 })
        let id = try await opened.create(Person.body(1))
        let log = Locked<[String]>([])
        let ticket = opened.vault.answers.begin { log.change { $0.append("aborted") } }
        let gate = opened.store.hold(.afterCommit { $0.needsLedger })
        let erasing = Task {
            try await opened.erase(id)
            log.change { $0.append("erased") }
        }
        await gate.arrival()
        gate.open()
        // The erasure is on disk, and its task has had every chance to end.
        await expectError(.erased) { _ = try await opened.read(id) }
        for _ in 0..<1000 { await Task.yield() }
        log.change { $0.append("delivered") }
        ticket.delivered()
        try await erasing.value
        #expect(log.value == ["delivered", "erased"])
        await opened.close()
    }

    @Test func erasureAbortsLateAnswers() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.responseDeadlineSeconds = 0 })
        let id = try await opened.create(Person.body(1))
        let log = Locked<[String]>([])
        let late = opened.vault.answers.begin { log.change { $0.append("aborted") } }
        let delivered = opened.vault.answers.begin { log.change { $0.append("wrongly aborted") } }
        delivered.delivered()
        try await opened.erase(id)
        log.change { $0.append("erased") }
        #expect(log.value == ["aborted", "erased"])
        // Its end, when it comes, is nobody's business any more.
        late.delivered()
        await opened.close()
    }

    @Test func forgottenTicketsHoldNothingUp() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.responseDeadlineSeconds = 3600 })
        let id = try await opened.create(Person.body(1))
        _ = opened.vault.answers.begin {}
        try await opened.erase(id)
        await opened.close()
    }

    /// Many readers and a few erasers: once an erasure is answered, no read of the record succeeds.
    @Test func stress() async throws {
        var random = SeededGenerator()
        let files = try await VaultFiles.make()
        let opened = try await files.open(
            .forTests.with {
                $0.gatherMicroseconds = 200
                $0.responseDeadlineSeconds = 3600
            })
        var ids: [RecordID] = []
        for number in 0..<40 { ids.append(try await opened.create(Person.body(number))) }
        let erased = Locked<Set<RecordID>>([])
        let wrong = Locked<[RecordID]>([])
        let answered = Locked(0)
        let order = ids.shuffled(using: &random)
        let seeds = (0..<12).map { _ in UInt64.random(in: .min ... .max, using: &random) }
        try await withThrowingTaskGroup(of: Void.self) { [ids] group in
            for seed in seeds {
                group.addTask {
                    var random = SeededGenerator(seed: seed)
                    for _ in 0..<150 {
                        let id = ids.randomElement(using: &random) ?? ids[0]
                        let wasErased = erased.value.contains(id)
                        let isAnswered = (try? await opened.read(id, as: TestCaller.dpo)) != nil
                        if isAnswered { answered.change { $0 += 1 } }
                        if isAnswered, wasErased { wrong.change { $0.append(id) } }
                    }
                }
            }
            for half in [order.prefix(15), order.suffix(15)] {
                group.addTask {
                    for id in half {
                        try await opened.erase(id)
                        erased.change { _ = $0.insert(id) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(wrong.value.isEmpty)
        #expect(erased.value.count == 30)
        #expect(answered.value > 0)
        await opened.close()
        let report = try await files.check()
        #expect(report.findings.isEmpty && report.records == 10)
    }
}
