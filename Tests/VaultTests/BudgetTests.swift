import Catalogue
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// Budgets: how much a principal may see in an hour, over all that it does.
@Suite struct BudgetTests {
    private static let service = TestCaller.caller(5000)
    private static let rights = "data-subject-rights"

    /// A vault in which uid 5000 holds `dpo` with budgets.
    private func opened(
        _ files: VaultFiles, records: Int = 3, searches: Int = 3
    ) async throws -> OpenedVault {
        let opened = try await files.open()
        try await grant(opened, "uid:5000", "dpo", records: records, searches: searches)
        return opened
    }

    @discardableResult
    private func grant(
        _ opened: OpenedVault, _ principal: String, _ role: String, records: Int, searches: Int
    ) async throws -> String {
        let proof = try await opened.authorize(ManageGrants.self, TestCaller.admin, nil)
        return try await opened.vault.addGrant(
            proof,
            try json(
                """
                {"principal":"\(principal)","role":"\(role)","reason":"test",\
                "budgets":{"recordsPerHour":\(records),"searchesPerHour":\(searches)}}
                """)
        ).id
    }

    private func people(_ count: Int, in opened: OpenedVault) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for number in 1...count { ids.append(try await opened.create(Person.body(number))) }
        return ids
    }

    private func overBudget(
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        let error = await expectError(
            .overBudget, comment, sourceLocation: sourceLocation, body)
        #expect((1...3600).contains(error?.retryAfterSeconds ?? 0), sourceLocation: sourceLocation)
    }

    @Test func distinctRecordsCountAndRepeatsDoNot() async throws {
        let opened = try await opened(VaultFiles.make())
        let ids = try await people(4, in: opened)
        for id in ids[..<3] + ids[..<3] {
            #expect(try await opened.read(id, as: Self.service).count == 7)
        }
        await overBudget { _ = try await opened.read(ids[3], as: Self.service) }
        #expect(try await opened.read(ids[0], as: Self.service).count == 7)
        // Another principal's budget is its own.
        #expect(try await opened.read(ids[3], as: TestCaller.dpo).count == 7)
        await opened.close()
    }

    @Test func recordsComeBackAfterAnHour() async throws {
        let opened = try await opened(VaultFiles.make())
        let ids = try await people(5, in: opened)
        for id in ids[..<3] {
            _ = try await opened.read(id, as: Self.service)
            opened.clock.advance(seconds: 60)
        }
        let error = await expectError(.overBudget) {
            _ = try await opened.read(ids[3], as: Self.service)
        }
        #expect(error?.retryAfterSeconds == 3600 - 180)
        opened.clock.advance(seconds: 3600 - 181)
        await overBudget { _ = try await opened.read(ids[3], as: Self.service) }
        opened.clock.advance(seconds: 1)
        _ = try await opened.read(ids[3], as: Self.service)
        await overBudget { _ = try await opened.read(ids[4], as: Self.service) }
        await opened.close()
    }

    @Test func missesCountLikeHits() async throws {
        let opened = try await opened(VaultFiles.make())
        let id = try await people(1, in: opened)[0]
        for number in 0..<3 {
            await expectError(.unknownRecord) {
                _ = try await opened.read(
                    RecordID(milliseconds: 1, random: (1, UInt64(number))), as: Self.service)
            }
        }
        await overBudget { _ = try await opened.read(id, as: Self.service) }
        await opened.close()
    }

    @Test func eachRecordOfABatchCounts() async throws {
        let opened = try await opened(VaultFiles.make())
        let ids = try await people(5, in: opened)
        let proof = try await opened.authorize(ReadRecords.self, Self.service, Self.rights)
        let views = try await opened.vault.read(
            proof, [ids[0], ids[0]] + ids[1...], FieldSelection(), ticket: opened.ticket())
        let outcomes = views.map { view in
            switch view {
            case .success(let view): view.id.description
            case .failure(let error): error.code.rawValue
            }
        }
        #expect(
            outcomes
                == [ids[0], ids[0], ids[1], ids[2]].map(\.description)
                + ["over_budget", "over_budget"])
        await opened.close()
    }

    @Test func searchesCountHitOrMiss() async throws {
        let opened = try await opened(VaultFiles.make(), records: 100)
        _ = try await people(2, in: opened)
        func find(_ number: Int) async throws -> Int {
            try await opened.find(
                "phone", .string(Person.phone(number)), as: Self.service
            ).count
        }
        #expect(try await find(1) == 1)
        #expect(try await find(99) == 0)
        #expect(try await find(2) == 1)
        await overBudget("a hit") { _ = try await find(1) }
        await overBudget("a miss") { _ = try await find(99) }
        opened.clock.advance(seconds: 3660)
        #expect(try await find(1) == 1)
        await opened.close()
    }

    @Test func eachQueryOfASearchCounts() async throws {
        let opened = try await opened(VaultFiles.make(), records: 100)
        _ = try await people(2, in: opened)
        let proof = try await opened.authorize(SearchRecords.self, Self.service, Self.rights)
        let queries = [1, 99, 2, 1, 2].map {
            SearchQuery(field: "phone", value: .string(Person.phone($0)))
        }
        let results = try await opened.vault.search(
            proof, queries, FieldSelection(), limit: 10, ticket: opened.ticket())
        let counts = results.map { (try? $0.get())?.records.count }
        #expect(counts == [1, 0, 1, nil, nil])
        await opened.close()
    }

    /// Whoever may see no further record learns nothing from a search either: hit and miss are alike.
    @Test func searchesDoNotOutlastTheRecords() async throws {
        let opened = try await opened(VaultFiles.make(), records: 1, searches: 100)
        let ids = try await people(2, in: opened)
        _ = try await opened.read(ids[0], as: Self.service)
        for number in [2, 99] {
            await overBudget {
                _ = try await opened.find(
                    "phone", .string(Person.phone(number)), as: Self.service)
            }
        }
        await opened.close()
    }

    @Test func recordsFoundCount() async throws {
        let opened = try await opened(VaultFiles.make(), records: 2, searches: 100)
        let ids = try await people(3, in: opened)
        for number in 1...2 {
            _ = try await opened.find("phone", .string(Person.phone(number)), as: Self.service)
        }
        await overBudget { _ = try await opened.read(ids[2], as: Self.service) }
        await opened.close()
    }

    @Test func duplicatesCountAsSearches() async throws {
        let opened = try await VaultFiles.make().open()
        try await grant(opened, "uid:5000", "checkout", records: 100, searches: 2)
        _ = try await people(1, in: opened)
        for _ in 0..<2 {
            await expectError(.duplicate) {
                try await opened.create(Person.body(1), as: Self.service)
            }
        }
        await overBudget("a duplicate") {
            try await opened.create(Person.body(1), as: Self.service)
        }
        await overBudget("no duplicate: they are not told apart") {
            try await opened.create(Person.body(2), as: Self.service)
        }
        opened.clock.advance(seconds: 3660)
        try await opened.create(Person.body(2), as: Self.service)
        await opened.close()
    }

    /// What is under way at once does not pass the bound together, and creations that are no duplicates
    /// wait for each other rather than fail.
    @Test func manyCreationsAtOnceTellNoMoreThanTheBudget() async throws {
        let opened = try await VaultFiles.make().open()
        try await grant(opened, "uid:5000", "checkout", records: 100, searches: 5)
        _ = try await people(1, in: opened)
        let operations = try (0..<40).map { number in
            BatchOperation.create(
                try number % 2 == 0 ? Person.body(1) : Person.body(100 + number), isDryRun: false)
        }
        let request = AccessRequest(caller: Self.service, purpose: "order", requestID: "test")
        let codes = try await withThrowingTaskGroup(of: [String].self) { group in
            for part in 0..<4 {
                group.addTask {
                    try await opened.vault.write(
                        Array(operations[(part * 10)..<(part * 10 + 10)]), request: request,
                        idempotencyKey: nil, body: []
                    ).map { result in
                        switch result {
                        case .success: "created"
                        case .failure(let error): error.code.rawValue
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(codes.filter { $0 == "duplicate" }.count == 5)
        #expect(codes.allSatisfy { ["duplicate", "created", "over_budget"].contains($0) })
        await opened.close()
    }

    @Test func creationsThatAreNoDuplicatesAreNotBounded() async throws {
        let opened = try await VaultFiles.make().open()
        try await grant(opened, "uid:5000", "checkout", records: 1, searches: 2)
        let operations = try (0..<50).map {
            BatchOperation.create(try Person.body($0), isDryRun: false)
        }
        let request = AccessRequest(caller: Self.service, purpose: "order", requestID: "test")
        let results = try await opened.vault.write(
            operations, request: request, idempotencyKey: nil, body: [])
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        await opened.close()
    }

    @Test func dryRunsCountTheirDuplicates() async throws {
        let opened = try await VaultFiles.make().open()
        try await grant(opened, "uid:5000", "checkout", records: 1, searches: 2)
        _ = try await people(1, in: opened)
        let request = AccessRequest(caller: Self.service, purpose: "order", requestID: "test")
        let codes = try await opened.vault.write(
            Array(repeating: .create(try Person.body(1), isDryRun: true), count: 4),
            request: request, idempotencyKey: nil, body: []
        ).map { result in
            if case .failure(let error) = result { error.code.rawValue } else { "valid" }
        }
        #expect(codes == ["duplicate", "duplicate", "over_budget", "over_budget"])
        await opened.close()
    }

    /// A restart renews neither budgets nor verifications.
    @Test func restartsRenewNothing() async throws {
        let files = try await VaultFiles.make()
        var opened = try await opened(files)
        try await grant(opened, "uid:5001", "checkout", records: 100, searches: 1)
        let ids = try await people(4, in: opened)
        for id in ids[..<2] { _ = try await opened.read(id, as: Self.service) }
        _ = try await opened.find("phone", .string(Person.phone(1)), as: Self.service)
        _ = try await opened.find("phone", .string(Person.phone(99)), as: Self.service)
        await expectError(.duplicate) {
            try await opened.create(Person.body(1), as: TestCaller.caller(5001))
        }
        for _ in 0..<5 { _ = try await opened.verify(ids[0], Person.henkilotunnus(50)) }
        await opened.close()
        opened = try await files.open()
        _ = try await opened.find("phone", .string(Person.phone(98)), as: Self.service)
        await overBudget("three searches are over") {
            _ = try await opened.find("phone", .string(Person.phone(1)), as: Self.service)
        }
        _ = try await opened.read(ids[2], as: Self.service)
        await overBudget("three records are over") {
            _ = try await opened.read(ids[3], as: Self.service)
        }
        await overBudget("the duplicate counts") {
            try await opened.create(Person.body(7), as: TestCaller.caller(5001))
        }
        await expectError(.tooManyAttempts) {
            _ = try await opened.verify(ids[0], Person.henkilotunnus(51))
        }
        opened.clock.advance(seconds: 3700)
        await opened.close()
        opened = try await files.open()
        for id in ids[1...] { _ = try await opened.read(id, as: Self.service) }
        _ = try await opened.verify(ids[0], Person.henkilotunnus(51))
        await opened.close()
    }

    @Test func refusalsLeaveAnEntryAMinute() async throws {
        let opened = try await opened(VaultFiles.make(), records: 0)
        let ids = try await people(1, in: opened)
        for _ in 0..<20 { await overBudget { _ = try await opened.read(ids[0], as: Self.service) } }
        opened.clock.advance(seconds: 60)
        await overBudget { _ = try await opened.read(ids[0], as: Self.service) }
        let refusals = try await opened.audit().filter { $0["outcome"]?.text == "over_budget" }
        #expect(refusals.map { $0["count"]?.integer } == [1, 20])
        #expect(refusals.allSatisfy { $0["uid"]?.integer == 5000 && $0["op"]?.text == "read" })
        await opened.close()
    }

    @Test func verificationsUpdatesAndErasuresCount() async throws {
        let opened = try await VaultFiles.make().open()
        try await grant(opened, "uid:5000", "customer-service", records: 1, searches: 100)
        try await grant(opened, "uid:5001", "dpo", records: 1, searches: 100)
        let ids = try await people(3, in: opened)
        #expect(
            try await opened.verify(ids[0], Person.henkilotunnus(1), as: Self.service))
        await overBudget {
            _ = try await opened.verify(ids[1], Person.henkilotunnus(2), as: Self.service)
        }
        await overBudget {
            try await opened.update(
                ids[1], #"{"phone":"+358401111111"}"#, as: Self.service,
                purpose: "customer-service")
        }
        try await opened.update(
            ids[0], #"{"phone":"+358401111111"}"#, as: Self.service, purpose: "customer-service")
        for (place, id) in ids[1...].enumerated() {
            let proof = try await opened.authorize(
                EraseRecord.self, TestCaller.caller(5001), Self.rights)
            func erase() async throws {
                _ = try await opened.vault.erase(
                    proof, id, reason: "customer-request", compartments: nil)
            }
            if place == 0 { try await erase() } else { await overBudget { try await erase() } }
        }
        await opened.close()
    }

    /// The largest of what grants give counts, a grant's before its role's, for the purpose at hand.
    @Test func grantsOverrideRoles() async throws {
        let opened = try await VaultFiles.make().open()
        func limits(_ caller: Caller, _ purpose: String) async throws -> [Budgets.Limit] {
            let proof = try await opened.authorize(ReadRecords.self, caller, purpose)
            return [proof.recordsPerHour, proof.searchesPerHour]
        }
        try await opened.grant("uid:5000", "billing")
        #expect(try await limits(Self.service, "billing") == [.count(5000), .count(2000)])
        try await grant(opened, "uid:5000", "dpo", records: 7, searches: 8)
        #expect(try await limits(Self.service, Self.rights) == [.count(7), .count(8)])
        #expect(try await limits(Self.service, "billing") == [.count(5000), .count(2000)])
        let second = try await grant(opened, "gid:7000", "dpo", records: 9, searches: 2)
        let member = TestCaller.caller(5000, groups: [7000])
        #expect(try await limits(member, Self.rights) == [.count(9), .count(8)])
        try await opened.revoke(second)
        #expect(try await limits(member, Self.rights) == [.count(7), .count(8)])
        await opened.close()
    }

    /// A user with a range of further uids has a group's budget once, also over a restart.
    @Test func uidsThatNobodyKnowsShareABudget() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        try await grant(opened, "gid:7000", "dpo", records: 2, searches: 100)
        try await grant(opened, "uid:5001", "dpo", records: 2, searches: 100)
        let ids = try await people(3, in: opened)
        func member(_ uid: UInt32, name: String? = nil) -> Caller {
            Caller(uid: uid, gid: 7000, groups: [], userName: name, pid: 1)
        }
        _ = try await opened.read(ids[0], as: member(100_001))
        _ = try await opened.read(ids[1], as: member(100_002))
        await opened.close()
        opened = try await files.open()
        await overBudget { _ = try await opened.read(ids[2], as: member(100_003)) }
        // Whom the user database or a grant knows has their own.
        _ = try await opened.read(ids[2], as: member(100_004, name: "liisa"))
        _ = try await opened.read(ids[2], as: member(5001))
        await opened.close()
    }

    @Test func rolesOfOnesOwnHaveAStandardBudget() async throws {
        let opened = try await VaultFiles.make().open()
        func set(_ budgets: String, kind: String = "data") async throws -> RoleDifference {
            let permission =
                kind == "data"
                ? #"{"operations":["read"],"fields":"all","view":"plain","purposes":["order"]}"#
                : #"{"operations":["read-status"]}"#
            let proof = try await opened.authorize(ManageRoles.self, TestCaller.admin, nil)
            return try await opened.vault.setRole(
                proof, named: "own",
                try json(
                    """
                    {"kind":"\(kind)","reason":"test","permissions":[\(permission)]\(budgets)}
                    """)
            ).difference
        }
        #expect(try await set("").budgets == nil)
        try await opened.grant("uid:5000", "own")
        func limit() async throws -> Budgets.Limit {
            try await opened.authorize(ReadRecords.self, Self.service, "order").recordsPerHour
        }
        #expect(try await limit() == .count(1000))
        let change = try await set(#","budgets":{"recordsPerHour":"unlimited"}"#).budgets
        #expect(change?.after == Budgets(recordsPerHour: .unlimited))
        #expect(try await limit() == .unlimited)
        for wrong in [
            #","budgets":{"recordsPerHour":-1}"#, #","budgets":{"recordsPerHour":1000001}"#,
            #","budgets":{"recordsPerHour":"many"}"#, #","budgets":{"records":1}"#,
            #","budgets":7"#,
        ] {
            await expectError(.invalidValue, "\(wrong)") { _ = try await set(wrong) }
        }
        await expectError(.invalidValue, "an administrative role sees no record") {
            _ = try await set(#","budgets":{"recordsPerHour":1}"#, kind: "administrative")
        }
        await opened.close()
    }

    /// The last room may go to an earlier query of the same request: what follows is alike, hit or miss.
    @Test func queriesAfterTheLastRecordAreAlike() async throws {
        let opened = try await opened(VaultFiles.make(), records: 1, searches: 100)
        _ = try await people(2, in: opened)
        let proof = try await opened.authorize(SearchRecords.self, Self.service, Self.rights)
        let results = try await opened.vault.search(
            proof,
            [1, 2, 99].map { SearchQuery(field: "phone", value: .string(Person.phone($0))) },
            FieldSelection(), limit: 10, ticket: opened.ticket())
        let outcomes = results.map { result in
            switch result {
            case .success(let matches): "\(matches.records.count)"
            case .failure(let error): error.code.rawValue
            }
        }
        #expect(outcomes == ["1", "over_budget", "over_budget"])
        await opened.close()
    }

    @Test func contactsAndNoneAreAlikeWithoutRoom() async throws {
        let opened = try await opened(VaultFiles.make(), records: 2)
        let companies = try await [
            opened.create(Person.company(1)), opened.create(Person.company(2)),
        ]
        try await opened.create(Person.contact(1, of: companies[0].description))
        let proof = try await opened.authorize(ReadRecords.self, Self.service, Self.rights)
        for company in companies { _ = try await opened.read(company, as: Self.service) }
        for company in companies {
            await overBudget {
                _ = try await opened.vault.contacts(
                    proof, of: company, FieldSelection(), ticket: opened.ticket())
            }
        }
        await opened.close()
    }

    /// What was seen while the clock was ahead counts for an hour from when it was set right, not until
    /// it is there again.
    @Test func aClockSetBackClosesNothingForLong() async throws {
        let opened = try await opened(VaultFiles.make(), records: 1, searches: 1)
        let ids = try await people(2, in: opened)
        func verify() async throws -> Bool {
            try await opened.verify(ids[0], Person.henkilotunnus(50))
        }
        func find() async throws {
            _ = try await opened.find("phone", .string(Person.phone(99)), as: Self.service)
        }
        let ahead: Int64 = 400 * 86_400
        opened.clock.advance(seconds: ahead)
        try await find()
        _ = try await opened.read(ids[0], as: Self.service)
        for _ in 0..<5 { _ = try await verify() }
        opened.clock.advance(seconds: -ahead)
        await overBudget { _ = try await opened.read(ids[1], as: Self.service) }
        await overBudget { try await find() }
        await expectError(.tooManyAttempts) { _ = try await verify() }
        opened.clock.advance(seconds: 3660)
        try await find()
        _ = try await opened.read(ids[1], as: Self.service)
        _ = try await verify()
        await opened.close()
    }

    /// Whoever was only told that there is no room counts among the principals that make room for others.
    @Test func principalsThatUsedNothingMakeRoom() {
        let budgets = AccessBudgets(clock: SimulatedClock())
        for uid: UInt32 in 0...10_000 {
            #expect(budgets.waitForRecords(by: .user(uid), limit: .count(0)) == 3600)
        }
    }

    /// A start reads the last hour of the log, not all of it, however much of it has expired.
    @Test func aStartReadsTheLastHour() async throws {
        let opened = try await VaultFiles.make().open()
        let entry = AuditRecord(
            caller: Self.service, requestID: "test", purpose: nil, operation: "read")
        for _ in 0..<3 {
            let leaves = (0..<10_000).map { _ in entry.leaf(milliseconds: 1) }
            _ = await opened.vault.commits.commit([Commit(mutation: Mutation(audit: leaves))])
        }
        let size = opened.vault.log.size
        _ = try await opened.store.commit(
            [Mutation(writes: [.expireAuditEntries(after: 0, through: size - 5)])],
            durability: .power
        ) { _ throws(StoreError) in }
        let since = opened.clock.nowMilliseconds - 3_600_000
        #expect(try await opened.vault.firstEntry(since: since, size: size) == size + 1 - 10_000)
        await opened.close()
    }
}
