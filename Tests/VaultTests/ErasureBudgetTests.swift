import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// The budget for what destroys keys: erasures, whole or of compartments, and removals of values.
@Suite struct ErasureBudgetTests {
    private static let eraser = TestCaller.caller(5000)
    private static let rights = "data-subject-rights"

    /// A vault in which uid 5000 may erase and update, with a budget for both.
    private func opened(_ files: VaultFiles, erasures: Int) async throws -> OpenedVault {
        let opened = try await files.open()
        let proof = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        for role in ["dpo", "checkout"] {
            _ = try await opened.vault.addGrant(
                proof,
                try json(
                    """
                    {"principal":"uid:5000","role":"\(role)","reason":"test",\
                    "budgets":{"erasuresPerHour":\(erasures)}}
                    """))
        }
        return opened
    }

    private func people(_ count: Int, in opened: OpenedVault) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for number in 1...count { ids.append(try await opened.create(Person.body(number))) }
        return ids
    }

    private func erase(
        _ id: RecordID, of compartments: [String]? = nil, reason: String = "customer-request",
        in opened: OpenedVault, as caller: Caller = Self.eraser
    ) async throws {
        let proof = try await opened.authorize(EraseRecord.self, caller, Self.rights)
        _ = try await opened.vault.erase(proof, id, reason: reason, compartments: compartments)
    }

    private func removePhone(of id: RecordID, in opened: OpenedVault) async throws {
        try await opened.update(id, #"{"phone":null}"#, as: Self.eraser)
    }

    @discardableResult
    private func overBudget(
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async -> Int {
        let error = await expectError(
            .overBudget, comment, sourceLocation: sourceLocation, body)
        let seconds = error?.retryAfterSeconds ?? 0
        #expect((1...3600).contains(seconds), sourceLocation: sourceLocation)
        return seconds
    }

    /// Whole, of a compartment, of a value: each destroys a key, and they share one budget, whatever the
    /// role and the purpose.
    @Test func whateverDestroysAKeyCounts() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 3)
        let ids = try await people(4, in: opened)
        try await erase(ids[0], in: opened)
        try await erase(ids[1], of: ["contact"], in: opened)
        try await removePhone(of: ids[2], in: opened)
        await overBudget("whole") { try await erase(ids[3], in: opened) }
        await overBudget("a compartment") {
            try await erase(ids[1], of: ["identity"], in: opened)
        }
        await overBudget("a value") { try await removePhone(of: ids[3], in: opened) }
        #expect(try await opened.read(ids[3]).count == 7, "nothing is gone")
        // Another principal's budget is its own.
        try await erase(ids[3], in: opened, as: TestCaller.dpo)
        await opened.close()
    }

    @Test func whatDestroysNothingIsFree() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 1)
        let ids = try await people(2, in: opened)
        for _ in 0..<3 {
            await expectError(.unknownRecord) {
                try await erase(RecordID(milliseconds: 1, random: (1, 2)), in: opened)
            }
            await expectError(.invalidValue) {
                try await erase(ids[1], of: ["nothing"], in: opened)
            }
            try await opened.update(
                ids[0], #"{"phone":"+358401111111"}"#, as: Self.eraser)
            let results = try await opened.vault.write(
                [
                    .update(
                        ids[0], try json(#"{"fields":{"phone":null}}"#), ifMatch: nil,
                        isDryRun: true)
                ],
                request: AccessRequest(caller: Self.eraser, purpose: "order", requestID: "test"),
                idempotencyKey: nil, body: [])
            _ = try results[0].get()
        }
        try await erase(ids[0], in: opened)
        // The certificate again, for whoever lost the answer.
        for _ in 0..<3 { try await erase(ids[0], in: opened) }
        await overBudget { try await erase(ids[1], in: opened) }
        await opened.close()
    }

    /// What didn't commit gives its room back.
    @Test func aFailedErasureCostsNothing() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 1)
        let id = try await people(1, in: opened)[0]
        opened.store.failNextCommit(.refused(.diskFull)) { $0.needsLedger }
        await #expect(throws: VaultError.self) { try await erase(id, in: opened) }
        #expect(try await opened.read(id).count == 7)
        try await erase(id, in: opened)
        await opened.close()
    }

    @Test func manyAtOnceEraseNoMore() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 5)
        let ids = try await people(30, in: opened)
        let erased = await withTaskGroup(of: Bool.self) { group in
            for (place, id) in ids.enumerated() {
                group.addTask {
                    let work =
                        place % 2 == 0
                        ? { try await erase(id, in: opened) }
                        : { try await removePhone(of: id, in: opened) }
                    return (try? await work()) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(erased == 5)
        var whole = 0
        for id in ids where (try? await opened.read(id).count) == 7 { whole += 1 }
        #expect(whole == 25)
        await opened.close()
    }

    @Test func theyComeBackAfterAnHour() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 1)
        let ids = try await people(2, in: opened)
        try await erase(ids[0], in: opened)
        opened.clock.advance(seconds: 600)
        let wait = await overBudget { try await erase(ids[1], in: opened) }
        #expect((2940...3000).contains(wait))
        opened.clock.advance(seconds: Int64(wait) - 1)
        await overBudget { try await erase(ids[1], in: opened) }
        opened.clock.advance(seconds: 1)
        try await erase(ids[1], in: opened)
        await opened.close()
    }

    /// Nor does a reason by which the vault itself would mark something else.
    @Test func aRestartRenewsNothing() async throws {
        let files = try await VaultFiles.make()
        var opened = try await opened(files, erasures: 3)
        let ids = try await people(5, in: opened)
        try await erase(ids[0], reason: "erased-before", in: opened)
        try await erase(ids[1], of: ["contact"], reason: "ledger-settlement", in: opened)
        try await removePhone(of: ids[2], in: opened)
        try await erase(ids[0], in: opened)
        await opened.close()
        opened = try await files.open()
        await overBudget("three are over") { try await erase(ids[3], in: opened) }
        opened.clock.advance(seconds: 3660)
        await opened.close()
        opened = try await files.open()
        for id in ids[2...] { try await erase(id, in: opened) }
        await opened.close()
    }

    /// What the vault settles from its ledger is on nobody's account.
    @Test func settlementsCountForNobody() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        opened.store.failNextCommit(.failedAfterLedger(.diskFull)) { $0.needsLedger }
        await expectError(.outcomeUnknown) { try await opened.erase(id) }
        await opened.close()
        await opened.store.closeInner()
        // The first start carries it out, the second counts what the log has.
        try await files.open().close()
        opened = try await files.open()
        await expectError(.erased) { _ = try await opened.read(id) }
        for isNamed in [true, false] {
            let own = BudgetPrincipal(token: nil, uid: Caller.current.uid, isNamed: isNamed)
            _ = try opened.vault.budgets.reserveErasure(by: own, limit: .count(1))
        }
        await opened.close()
    }

    @Test func batchesDoNotPassByIt() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 2)
        let ids = try await people(4, in: opened)
        let body = try json(#"{"fields":{"phone":null}}"#)
        let results = try await opened.vault.write(
            ids.map { .update($0, body, ifMatch: nil, isDryRun: false) },
            request: AccessRequest(caller: Self.eraser, purpose: "order", requestID: "test"),
            idempotencyKey: nil, body: [])
        let codes = results.map { result in
            if case .failure(let error) = result { error.code.rawValue } else { "updated" }
        }
        #expect(codes == ["updated", "updated", "over_budget", "over_budget"])
        await opened.close()
    }

    @Test func refusalsLeaveAnEntryAMinute() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 0)
        let id = try await people(1, in: opened)[0]
        for _ in 0..<10 { await overBudget { try await erase(id, in: opened) } }
        opened.clock.advance(seconds: 60)
        await overBudget { try await erase(id, in: opened) }
        let refusals = try await opened.audit().filter { $0["outcome"]?.text == "over_budget" }
        #expect(refusals.map { $0["count"]?.integer } == [1, 10])
        #expect(refusals.allSatisfy { $0["uid"]?.integer == 5000 && $0["op"]?.text == "erase" })
        await opened.close()
    }

    /// Roles that say nothing have the default; a grant comes before its role, and the largest counts.
    @Test func grantsOverrideRoles() async throws {
        let opened = try await VaultFiles.make().open()
        func limit(_ caller: Caller) async throws -> Budgets.Limit {
            try await opened.authorize(EraseRecord.self, caller, Self.rights).erasuresPerHour
        }
        #expect(try await limit(TestCaller.dpo) == .count(100))
        let roles = try await opened.authorize(ManageRoles.self, TestCaller.admin, nil)
        func set(_ budgets: String) async throws {
            _ = try await opened.vault.setRole(
                roles, named: "own",
                try json(
                    """
                    {"kind":"data","reason":"test","permissions":[{"operations":["erase"],\
                    "fields":"all","view":"plain","purposes":["\(Self.rights)"]}]\(budgets)}
                    """))
        }
        try await set("")
        try await opened.grant("uid:5000", "own")
        #expect(try await limit(Self.eraser) == .count(100))
        try await set(#","budgets":{"erasuresPerHour":2000}"#)
        #expect(try await limit(Self.eraser) == .count(2000))
        let grants = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        _ = try await opened.vault.addGrant(
            grants,
            try json(
                """
                {"principal":"uid:5000","role":"dpo","reason":"test",\
                "budgets":{"erasuresPerHour":"unlimited"}}
                """))
        #expect(try await limit(Self.eraser) == .unlimited)
        for wrong in ["-1", "1000001", #""many""#] {
            await expectError(.invalidValue, "\(wrong)") {
                try await set(#","budgets":{"erasuresPerHour":\#(wrong)}"#)
            }
        }
        await opened.close()
    }

    @Test func aClockSetBackClosesNothingForLong() async throws {
        let opened = try await opened(VaultFiles.make(), erasures: 1)
        let ids = try await people(2, in: opened)
        opened.clock.advance(seconds: 400 * 86_400)
        try await erase(ids[0], in: opened)
        opened.clock.advance(seconds: -400 * 86_400)
        await overBudget { try await erase(ids[1], in: opened) }
        opened.clock.advance(seconds: 3660)
        try await erase(ids[1], in: opened)
        await opened.close()
    }
}
