import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

/// What a person says is in effect on the next request: nothing read before is answered after.
@Suite struct RightsRaceTests {
    private enum Change: CaseIterable {
        case withdrawal, objection, restriction
    }

    private func make(_ change: Change, _ id: RecordID, _ opened: OpenedVault) async throws {
        switch change {
        case .withdrawal: try await opened.consent(id, "withdrawn")
        case .objection: try await opened.object(id)
        case .restriction: try await opened.restrict(id)
        }
    }

    /// The read has the record and is stopped; the change is carried out; the read goes on.
    @Test(arguments: Change.allCases)
    private func whatWasReadBeforeIsNotAnsweredAfter(change: Change) async throws {
        let opened = try await VaultFiles.make().open()
        let isPerson = change == .withdrawal
        let id = try await opened.create(isPerson ? Person.body(1) : Person.company(1))
        if isPerson { try await opened.consent(id, "given") }
        let gate = opened.store.hold(.afterRead(id))
        let reading = Task {
            try await opened.read(id, as: TestCaller.marketing, purpose: "marketing")
        }
        await gate.arrival()
        try await make(change, id, opened)
        gate.open()
        await expectError(change == .restriction ? .restricted : .notGranted) {
            _ = try await reading.value
        }
        await opened.close()
    }

    /// A protection that comes in between is heeded as well.
    @Test func aProtectionInBetweenHides() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let gate = opened.store.hold(.afterRead(id))
        let reading = Task {
            try await opened.view(
                id, as: TestCaller.customerService, purpose: "customer-service"
            ).reasons
        }
        await gate.arrival()
        try await opened.protect(id, until: "2027-11-22")
        gate.open()
        #expect(try await reading.value == ["address": "protected", "phone": "protected"])
        await opened.close()
    }

    /// What closes or hides is acknowledged once no answer from before is under way.
    @Test(arguments: ["withdrawal", "objection", "restriction", "protection"])
    func waitsForAnswersUnderWay(what: String) async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(.forTests.with { $0.responseDeadlineSeconds = 3600 })
        let person = try await opened.create(Person.body(1))
        let company = try await opened.create(Person.company(2))
        let log = Locked<[String]>([])
        let ticket = opened.vault.answers.begin { log.change { $0.append("aborted") } }
        let gate = opened.store.hold(.afterCommit { !$0.isAccess })
        let changing = Task {
            switch what {
            case "withdrawal": try await opened.consent(person, "withdrawn")
            case "objection": try await opened.object(company)
            case "restriction": try await opened.restrict(person)
            default: try await opened.protect(person, until: "2027-11-22")
            }
            log.change { $0.append("changed") }
        }
        await gate.arrival()
        gate.open()
        for _ in 0..<1000 { await Task.yield() }
        log.change { $0.append("delivered") }
        ticket.delivered()
        try await changing.value
        #expect(log.value == ["delivered", "changed"])
        await opened.close()
    }

    /// Changes of the same record from many sides: none is lost.
    @Test func noChangeIsLost() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    try await opened.consent(
                        id, "given", to: "marketing", #","evidence":"\#(number)""#)
                }
            }
            group.addTask { try await opened.update(id, #"{"email":"a@b.fi"}"#) }
            group.addTask { try await opened.protect(id, until: "2027-11-22") }
            try await group.waitForAll()
        }
        #expect(
            Set(try await opened.consents(id).compactMap(\.evidence)) == ["0", "1", "2", "3"])
        #expect(try await opened.protection(id)["protected"] == .bool(true))
        #expect(try await opened.read(id)["email"] == #""a@b.fi""#)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }
}
