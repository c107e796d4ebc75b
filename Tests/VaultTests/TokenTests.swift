import Cryptography
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// Tokens: what they open, for whom, and until when.
@Suite struct TokenTests {
    private static let service = TestCaller.caller(5000)
    private static let other = TestCaller.caller(5001)
    private static let rights = "data-subject-rights"

    private func make(
        _ opened: OpenedVault, _ name: String, uids: [UInt32] = [5000], until: Int64? = nil,
        by caller: Caller = TestCaller.admin
    ) async throws -> String {
        var members = [
            JSONMember("name", .string(name)),
            JSONMember("users", .array(uids.map { .string("uid:\($0)") })),
            JSONMember("reason", .string("test")),
        ]
        if let until {
            members.append(JSONMember("until", .string(Timestamp.text(seconds: until))))
        }
        let proof = try await opened.authorize(ManageTokens.self, caller, nil)
        let made = try await opened.vault.addToken(proof, .object(members))
        var writer = JSONWriter()
        try made.writeSecret(to: &writer)
        return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
    }

    private func present(
        _ opened: OpenedVault, _ token: String, as caller: Caller = service
    ) async throws -> Caller {
        try await opened.vault.identify(
            PresentedToken(authorization: "Bearer " + token),
            AccessRequest(caller: caller, purpose: nil, requestID: "test"))
    }

    private func revoke(_ opened: OpenedVault, _ name: String) async throws {
        let proof = try await opened.authorize(ManageTokens.self, TestCaller.admin, nil)
        _ = try await opened.vault.revokeToken(proof, named: name)
    }

    @Test func itsGrantsApplyInPlaceOfTheUids() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let token = try await make(opened, "shop-a")
        try await opened.grant("uid:5000", "customer-service")
        let caller = try await present(opened, token)
        await expectError(.notGranted) { _ = try await opened.read(id, as: caller) }
        try await opened.grant("token:shop-a", "dpo")
        #expect(try await opened.read(id, as: caller).count == 7)
        // The uid's own grants are not the token's, and the token's not the uid's.
        await expectError(.notGranted) {
            _ = try await opened.read(id, as: caller, purpose: "customer-service")
        }
        await expectError(.notGranted) { _ = try await opened.read(id, as: Self.service) }
        #expect(
            try await opened.read(id, as: Self.service, purpose: "customer-service").count == 6)
        await opened.close()
        opened = try await files.open()
        #expect(try await opened.read(id, as: present(opened, token)).count == 7)
        let last = try #require(try await opened.audit().last)
        #expect(last["token"]?.text == "shop-a" && last["uid"]?.integer == 5000)
        await opened.close()
    }

    @Test func nobodyElseMayPresentIt() async throws {
        let opened = try await VaultFiles.make().open()
        let token = try await make(opened, "shop-a")
        try await opened.grant("token:shop-a", "dpo")
        #expect(try await present(opened, token).token?.name == "shop-a")
        let overflow = TestCaller.caller(Caller.overflowID)
        for thief in [Self.other, TestCaller.admin, overflow] {
            await expectError(.badToken) { _ = try await present(opened, token, as: thief) }
        }
        // Whoever holds a grant leaves an entry for each try, and the entry names the stolen token.
        let refusals = try await opened.audit().filter { $0["op"]?.text == "present-token" }
        #expect(refusals.contains { $0["uid"]?.integer == 2000 && $0["token"]?.text == "shop-a" })
        #expect(refusals.allSatisfy { $0["outcome"]?.text == "bad_token" })
        await opened.close()
    }

    /// Unknown, ended, revoked and another's tokens are refused alike.
    @Test func refusalsAreAlike() async throws {
        let opened = try await VaultFiles.make().open()
        let known = try await make(opened, "shop-a", uids: [5001])
        let revoked = try await make(opened, "shop-b")
        try await revoke(opened, "shop-b")
        let ended = try await make(opened, "shop-c", until: opened.clock.seconds + 10)
        opened.clock.advance(seconds: 10)
        let unknown = "aitta_" + String(repeating: "A", count: 43)
        for token in [known, revoked, ended, unknown] {
            let error = await expectError(.badToken) { _ = try await present(opened, token) }
            #expect(error?.detail == nil)
        }
        await expectError(.badToken) {
            _ = try await opened.vault.identify(
                nil, AccessRequest(caller: Self.service, purpose: nil, requestID: "test"))
        }
        await opened.close()
    }

    @Test func endsAtItsEndWithoutARestart() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let token = try await make(opened, "shop-a", until: opened.clock.seconds + 100)
        try await opened.grant("token:shop-a", "dpo")
        let caller = try await present(opened, token)
        opened.clock.advance(seconds: 99)
        #expect(try await opened.read(id, as: caller).count == 7)
        opened.clock.advance(seconds: 1)
        // A request that was identified before the end is refused after it, too.
        await expectError(.notGranted) { _ = try await opened.read(id, as: caller) }
        await expectError(.badToken) { _ = try await present(opened, token) }
        await opened.close()
    }

    /// A read that was authorised before the revocation is not answered after it, and a token of the
    /// same name made later is another.
    @Test func revocationStopsWhatIsUnderWay() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let token = try await make(opened, "shop-a")
        try await opened.grant("token:shop-a", "dpo")
        let caller = try await present(opened, token)
        let gate = opened.store.hold(.afterRead(id))
        let reading = Task { _ = try await opened.read(id, as: caller) }
        await gate.arrival()
        try await revoke(opened, "shop-a")
        let next = try await make(opened, "shop-a")
        try await opened.grant("token:shop-a", "dpo")
        gate.open()
        let result = await reading.result
        #expect(throws: VaultError.self) { _ = try result.get() }
        await expectError(.badToken) { _ = try await present(opened, token) }
        #expect(try await opened.read(id, as: present(opened, next)).count == 7)
        await opened.close()
    }

    @Test func revocationTakesItsGrantsWithIt() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        _ = try await make(opened, "shop-a")
        try await opened.grant("token:shop-a", "dpo")
        try await revoke(opened, "shop-a")
        let token = try await make(opened, "shop-a")
        await expectError(.notGranted) {
            _ = try await opened.read(id, as: present(opened, token))
        }
        await expectError(.unknownToken) { try await revoke(opened, "shop-b") }
        await opened.close()
    }

    /// An admin who may present a token grants it nothing, and no token joins kinds of roles in a user.
    @Test func kindsNeverMeetThroughTokens() async throws {
        let opened = try await VaultFiles.make().open()
        _ = try await make(opened, "own", uids: [2000, 5000])
        _ = try await make(opened, "shop-a", uids: [5000])
        await expectError(.notGranted) { try await opened.grant("token:own", "dpo") }
        await expectError(.notGranted) { try await opened.grant("token:own", "auditor") }
        let second = TestCaller.caller(2002)
        try await opened.grant("uid:2002", "admin")
        await expectError(.notGranted, "another admin joins no kinds either") {
            try await opened.grant("token:own", "dpo", by: second)
        }
        // Control: the same grant to a token that no administrator may present.
        try await opened.grant("token:shop-a", "dpo")
        await expectError(.notGranted, "a user whose token has a data role administers nothing") {
            try await opened.grant("uid:5000", "auditor")
        }
        await opened.close()
    }

    /// Groups are known only when somebody asks: then nothing is allowed.
    @Test func kindsThatMeetThroughAGroupAllowNothing() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let token = try await make(opened, "shop-a")
        try await opened.grant("token:shop-a", "dpo")
        try await opened.grant("gid:7000", "auditor")
        let member = TestCaller.caller(5000, groups: [7000])
        for caller in [member, try await present(opened, token, as: member)] {
            await expectError(.notGranted) { _ = try await opened.read(id, as: caller) }
            await expectError(.notGranted) {
                _ = try await opened.authorize(ReadAudit.self, caller, nil)
            }
        }
        #expect(try await opened.read(id, as: present(opened, token)).count == 7)
        await opened.close()
    }

    @Test func nobodyChangesARoleThatTheyHoldThroughAToken() async throws {
        let opened = try await VaultFiles.make().open()
        let watch = try json(
            #"{"kind":"administrative","reason":"test","permissions":[{"operations":["read-status"]}]}"#
        )
        func set(by caller: Caller) async throws {
            let proof = try await opened.authorize(ManageRoles.self, caller, nil)
            _ = try await opened.vault.setRole(proof, named: "watch", watch)
        }
        try await set(by: TestCaller.admin)
        _ = try await make(opened, "own", uids: [2000])
        let second = TestCaller.caller(2002)
        try await opened.grant("uid:2002", "admin")
        try await opened.grant("token:own", "watch", by: second)
        await expectError(.notGranted) { try await set(by: TestCaller.admin) }
        try await set(by: second)
        await opened.close()
    }

    @Test func malformedRequestsAreRefused() async throws {
        let opened = try await VaultFiles.make().open()
        let proof = try await opened.authorize(ManageTokens.self, TestCaller.admin, nil)
        for body in [
            #"{"name":"Shop","users":["uid:1"],"reason":"test"}"#,
            #"{"name":"shop","users":[],"reason":"test"}"#,
            #"{"name":"shop","users":["gid:1"],"reason":"test"}"#,
            #"{"name":"shop","users":["token:a"],"reason":"test"}"#,
            #"{"name":"shop","users":["uid:65534"],"reason":"test"}"#,
            #"{"name":"shop","users":["uid:1"],"reason":"Because I say so"}"#,
            #"{"name":"shop","users":["uid:1"],"reason":"test","until":"2000-01-01T00:00:00Z"}"#,
        ] {
            await expectError(.invalidValue, "\(body)") {
                _ = try await opened.vault.addToken(proof, try json(body))
            }
        }
        await expectError(.invalidValue, "a grant to a token that is not there") {
            try await opened.grant("token:shop", "dpo")
        }
        _ = try await make(opened, "shop")
        await expectError(.conflict) { _ = try await make(opened, "shop") }
        await expectError(.notGranted) { _ = try await make(opened, "b", by: TestCaller.dpo) }
        await opened.close()
    }

    /// P1: the secret is in no file; in the policy is a keyed hash of it, which is no plain digest.
    @Test func onlyAKeyedHashIsKept() async throws {
        let opened = try await VaultFiles.make().open()
        let token = try await make(opened, "shop-a")
        let presented = try #require(PresentedToken(authorization: "Bearer " + token))
        let kept = try #require(opened.vault.authoriser.policy.token(named: "shop-a"))
        #expect(kept.hash != presented.digest)
        #expect(!kept.json.encoded().contains(kept.hash.bytes))
        #expect(kept.json["hash"] == nil)
        await opened.close()
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Basic aitta_x", "Bearer aitta_",
        "Bearer aitta_" + String(repeating: "A", count: 42),
        "Bearer aitta_" + String(repeating: "A", count: 44),
        "Bearer aitta_" + String(repeating: "A", count: 42) + " ",
        "Bearer aitta_" + String(repeating: "A", count: 42) + "=",
        "Bearer aitta_" + String(repeating: "A", count: 42) + "+",
        "Bearer AITTA_" + String(repeating: "A", count: 43),
        "Bearer  aitta_" + String(repeating: "A", count: 43),
        "Bearerxaitta_" + String(repeating: "A", count: 43),
    ])
    func malformedTextIsNoToken(text: String) {
        #expect(PresentedToken(authorization: text) == nil)
    }

    @Test func schemeIsReadInAnyCase() throws {
        let token = " aitta_" + String(repeating: "A", count: 43)
        let presented = try #require(PresentedToken(authorization: "bearer" + token))
        #expect(PresentedToken(authorization: "BEARER" + token) == presented)
        #expect(PresentedToken(text: presented.text) == presented)
        #expect(PresentedToken(text: String(repeating: "A", count: 64)) == nil)
        #expect(PresentedToken(text: "") == nil)
    }
}
