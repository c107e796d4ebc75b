import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct GrantTests {
    private static let newcomer = TestCaller.caller(5000)

    private func mayRead(
        _ opened: OpenedVault, _ caller: Caller = newcomer
    ) async -> Bool {
        (try? await opened.authorize(ReadRecords.self, caller, "data-subject-rights")) != nil
    }

    @Test func grantHoldsAtOnceAndAfterReopening() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        #expect(await !mayRead(opened))
        let id = try await opened.grant("uid:5000", "dpo")
        #expect(await mayRead(opened))
        await opened.close()
        opened = try await files.open()
        #expect(await mayRead(opened))
        try await opened.revoke(id)
        #expect(await !mayRead(opened))
        await opened.close()
        opened = try await files.open()
        #expect(await !mayRead(opened))
        await opened.close()
    }

    @Test func grantHoldsFromItsStartToItsEnd() async throws {
        let opened = try await VaultFiles.make().open()
        let now = opened.clock.seconds
        try await opened.grant("uid:5000", "dpo", from: now + 100, until: now + 200)
        for (advance, isGranted) in [(0, false), (99, false), (1, true), (99, true), (1, false)] {
            opened.clock.advance(seconds: Int64(advance))
            #expect(await mayRead(opened) == isGranted, "after \(advance) more seconds")
        }
        await opened.close()
    }

    @Test func groupsAreHeldByTheirMembers() async throws {
        let opened = try await VaultFiles.make().open()
        try await opened.grant("gid:7000", "dpo")
        #expect(await mayRead(opened, TestCaller.caller(5000, groups: [1, 7000])))
        #expect(
            await mayRead(
                opened, Caller(uid: 5001, gid: 7000, groups: [], userName: nil, pid: 1)))
        #expect(await !mayRead(opened, TestCaller.caller(5000, groups: [1])))
        await opened.close()
    }

    /// A read that was authorised before the revocation is not answered after it.
    @Test func revocationStopsWhatIsUnderWay() async throws {
        let opened = try await VaultFiles.make().open()
        let record = try await opened.create(Person.body(1))
        let id = try await opened.grant("uid:5000", "dpo")
        for isRevoked in [false, true] {
            let gate = opened.store.hold(.afterRead(record))
            let reading = Task { try await opened.read(record, as: Self.newcomer) }
            await gate.arrival()
            if isRevoked { try await opened.revoke(id) }
            gate.open()
            let result = await reading.result
            if isRevoked {
                #expect(throws: VaultError.self) { _ = try result.get() }
            } else {
                #expect(try result.get().count == 7)
            }
        }
        await opened.close()
    }

    @Test func revocationStopsWritesUnderWay() async throws {
        let opened = try await VaultFiles.make().open()
        let record = try await opened.create(Person.body(1))
        let id = try await opened.grant("uid:5000", "checkout")
        let gate = opened.store.hold(.afterRead(record))
        let updating = Task {
            try await opened.update(record, #"{"email":"x@y.fi"}"#, as: Self.newcomer)
        }
        await gate.arrival()
        try await opened.revoke(id)
        gate.open()
        await expectError(.notGranted) { _ = try await updating.value }
        #expect(try await opened.view(record).version == 1)
        await opened.close()
    }

    @Test func nobodyGrantsToThemselves() async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.notGranted) { try await opened.grant("uid:2000", "auditor") }
        #expect(try await opened.audit().last?["outcome"]?.text == "not_granted")
        let member = TestCaller.caller(2000, groups: [7000])
        await expectError(.notGranted) {
            try await opened.grant("gid:7000", "auditor", by: member)
        }
        await expectError(.notGranted) {
            try await opened.grant("gid:2000", "auditor", by: member)
        }
        try await opened.grant("gid:7001", "auditor", by: member)
        await opened.close()
    }

    @Test func lastAdminStays() async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.conflict) { try await opened.revoke("2000-admin") }
        let now = opened.clock.seconds
        // Neither an admin that has ended nor one that is still to come takes the place.
        let ended = try await opened.grant("uid:5000", "admin", until: now + 10)
        try await opened.grant("uid:5001", "admin", from: now + 1000)
        opened.clock.advance(seconds: 20)
        await expectError(.conflict) { try await opened.revoke("2000-admin") }
        try await opened.revoke(ended)
        try await opened.grant("uid:5002", "admin")
        try await opened.revoke("2000-admin")
        await expectError(.notGranted) {
            _ = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        }
        await opened.close()
    }

    @Test func kindsOfRolesNeverMeet() async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.notGranted) { try await opened.grant("uid:2001", "dpo") }
        await expectError(.notGranted) { try await opened.grant("uid:1005", "auditor") }
        try await opened.grant("uid:1005", "billing")
        // Through user and group together they meet in a caller, who then has neither.
        try await opened.grant("gid:7000", "auditor")
        let both = TestCaller.caller(1005, groups: [7000])
        #expect(await !mayRead(opened, both))
        await expectError(.notGranted) {
            _ = try await opened.authorize(ReadAudit.self, both, nil)
        }
        #expect(await mayRead(opened, TestCaller.dpo))
        await opened.close()
    }

    @Test(arguments: [
        (#"{"principal":"uid:1","role":"dpo"}"#, VaultError.Code.invalidValue),
        (#"{"principal":"uid:x","role":"dpo","reason":"a"}"#, .invalidValue),
        (#"{"principal":"uid:1","role":"king","reason":"a"}"#, .invalidValue),
        (#"{"principal":"uid:1","role":"dpo","reason":"Free text"}"#, .invalidValue),
        (#"{"principal":"uid:1","role":"dpo","reason":"a","until":"soon"}"#, .invalidValue),
        (#"{"principal":"uid:1","role":"dpo","reason":"a","more":1}"#, .malformedRequest),
        (#"[]"#, .malformedRequest),
    ])
    func malformedGrantsAreRefused(body: String, code: VaultError.Code) async throws {
        let opened = try await VaultFiles.make().open()
        let proof = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        await expectError(code) { _ = try await opened.vault.addGrant(proof, try json(body)) }
        #expect(try await opened.vault.grants(proof).count == TestCaller.grants.count)
        await opened.close()
    }

    @Test func unknownGrantCantBeRevoked() async throws {
        let opened = try await VaultFiles.make().open()
        await expectError(.unknownGrant) { try await opened.revoke("none") }
        try await opened.revoke("1005-dpo")
        await expectError(.unknownGrant) { try await opened.revoke("1005-dpo") }
        await opened.close()
    }

    @Test func breakGlassGrantNeedsNoDaemonAndIsLogged() async throws {
        let files = try await VaultFiles.make()
        let grant = Grant(
            id: "g", principal: .user(2000), role: "dpo", reason: "break-glass",
            grantedBy: "break-glass", grantedAtSeconds: 1)
        try await files.withStore { store in
            let (ledger, entries) = try files.openLedger()
            try await RecordVault.addGrantOffline(
                grant, to: store, keyring: files.keyring, ledger: ledger, entries: entries,
                clock: files.clock)
        }
        let opened = try await files.open()
        #expect(await mayRead(opened, TestCaller.admin))
        #expect(try await opened.audit().contains { $0["op"]?.text == "break-glass-grant" })
        let proof = try await opened.authorize(ReadStatus.self, TestCaller.admin, nil)
        #expect(try await opened.vault.status(proof)["separation"]?.text == "off")
        await opened.close()
    }

    @Test func policyChangesAtOnceAreAllMade() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask { [opened] in
                    _ = try await opened.grant("uid:\(6000 + number)", "dpo")
                }
            }
            try await group.waitForAll()
        }
        await opened.close()
        opened = try await files.open()
        for number in 0..<5 {
            #expect(await mayRead(opened, TestCaller.caller(UInt32(6000 + number))))
        }
        await opened.close()
    }
}
