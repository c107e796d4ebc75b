import Catalogue
import Storage
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct AccessTallyTests {
    private static let start: Int64 = 1_000_000

    private func tally(_ principal: AccessPrincipal = .uid(33)) -> AccessTally {
        AccessTally(
            of: principal, in: Self.start..<(Self.start + 1000), catalogue: .shipped)
    }

    private func scope(_ tally: AccessTally, entries: UInt64) -> BreachScope {
        var scope = BreachScope(
            vault: "v", principal: tally.principal.text, from: "", to: "", madeAt: "",
            logSize: entries, logRoot: MerkleTree.emptyRoot)
        tally.fill(&scope)
        return scope
    }

    private func entry(
        _ operation: String = "read", _ record: UInt64? = 1, fields: [String] = [],
        outcome: String = "ok", uid: UInt32 = 33, user: String? = "web", count: Int? = nil,
        after milliseconds: Int64 = 0
    ) -> AuditEntry {
        let caller = Caller(uid: uid, gid: uid, groups: [], userName: user, pid: 1)
        var entry = AuditRecord(
            caller: caller, requestID: "r", purpose: "order", operation: operation,
            record: record.map { RecordID(high: 0, low: $0) })
        entry.fields = fields
        entry.outcome = outcome
        entry.count = count
        return AuditEntry(
            number: 1, leaf: entry.leaf(milliseconds: Self.start + milliseconds))
    }

    private func counted(
        _ entries: [AuditEntry], _ start: AccessTally? = nil
    ) throws -> BreachScope {
        var tally = start ?? tally()
        for entry in entries {
            let goesOn = try tally.visit(entry)
            #expect(goesOn)
        }
        return scope(tally, entries: UInt64(entries.count))
    }

    @Test func countsEachRecordOnce() throws {
        let scope = try counted([
            entry(fields: ["name", "email"]), entry(fields: ["name", "phone"], after: 5),
            entry("search", 2, fields: ["name"], after: 9), entry("search", 3, after: 7),
            entry("verify", 2, fields: ["henkilotunnus"], after: 2),
        ])
        #expect(scope.records == 3 && scope.accesses == 5)
        #expect(
            scope.fields == [
                BreachScope.Field(name: "email", compartment: "contact", records: 1),
                BreachScope.Field(name: "henkilotunnus", compartment: "nationalId", records: 1),
                BreachScope.Field(name: "name", compartment: "identity", records: 2),
                BreachScope.Field(name: "phone", compartment: "contact", records: 1),
            ])
        // Two fields of one compartment are one record there.
        #expect(
            scope.compartments == [
                BreachScope.Compartment(name: "contact", records: 1),
                BreachScope.Compartment(name: "identity", records: 2),
                BreachScope.Compartment(name: "nationalId", records: 1),
            ])
        #expect(scope.firstAccess == "1970-01-01T00:16:40.000Z")
        #expect(scope.lastAccess == "1970-01-01T00:16:40.009Z")
        #expect(scope.refusals == 0 && scope.unreadableEntries == 0)
    }

    @Test func passesOverWhatIsAnothersOrNoAccess() throws {
        let scope = try counted([
            entry(uid: 34), entry(after: -1), entry(after: 1000), entry("search", nil),
            entry("update"), entry("create"), entry("read-audit"), entry("erase"),
        ])
        #expect(scope.records == 0 && scope.accesses == 0 && scope.firstAccess == nil)
        #expect(scope.fields == [] && scope.compartments == [])
        #expect(try counted([entry(after: 999)]).records == 1)
    }

    @Test func refusalsAreCountedApart() throws {
        let scope = try counted([
            entry(outcome: "not_granted"), entry("erase", outcome: "not_granted"),
            entry("list", nil, outcome: "not_granted", count: 50), entry(outcome: "erased"),
            entry(outcome: "not_granted", uid: 34),
        ])
        #expect(scope.refusals == 53 && scope.records == 0 && scope.accesses == 0)
    }

    @Test func namesAreThoseOfTheEntry() throws {
        let entries = [entry(user: "web"), entry("read", 2, user: nil), entry("read", 3, uid: 34)]
        #expect(try counted(entries, tally(.user("web"))).records == 2)
        #expect(try counted(entries, tally(.user("we"))).records == 0)
        #expect(try counted(entries, tally(.uid(33))).records == 2)
    }

    @Test func fieldsThatAreGoneHaveNoCompartment() throws {
        let scope = try counted([entry(fields: ["shoeSize", "name"]), entry("read", 2)])
        #expect(
            scope.fields.last
                == BreachScope.Field(name: "shoeSize", compartment: "unknown", records: 1))
        #expect(scope.compartments.last == BreachScope.Compartment(name: "unknown", records: 1))
        #expect(scope.records == 2)
    }

    @Test func damagedAndMissingEntriesAreToldApart() throws {
        var damaged = entry("read", 2)
        damaged.leaf.entry[9] = 7
        var tally = tally()
        for entry in [entry(), damaged] { _ = try tally.visit(entry) }
        let scope = scope(tally, entries: 5)
        #expect(scope.records == 1 && scope.unreadableEntries == 4)
    }

    @Test func boundsAreErrors() throws {
        var tally = tally()
        tally.maximumRecords = 2
        _ = try tally.visit(entry("read", 1))
        _ = try tally.visit(entry("read", 2))
        _ = try tally.visit(entry("read", 1, fields: ["name"]))
        let error = #expect(throws: VaultError.self) { try tally.visit(entry("read", 3)) }
        #expect(error?.code == .invalidValue && error?.detail?.contains("2 records") == true)
        var fields = self.tally()
        _ = try fields.visit(entry(fields: (0..<64).map { "f\($0)" }))
        #expect(throws: VaultError.self) { try fields.visit(entry(fields: ["f64"])) }
    }

    @Test(arguments: [
        ("uid:0", AccessPrincipal.uid(0)), ("uid:4711", .uid(4711)), ("user:web", .user("web")),
        ("user:a:b", .user("a:b")), ("uid:-1", nil), ("uid:", nil), ("user:", nil), ("web", nil),
        ("gid:3", nil), ("uid:4294967296", nil), ("", nil),
    ])
    func principals(text: String, principal: AccessPrincipal?) {
        #expect(AccessPrincipal(text) == principal)
        if let principal { #expect(principal.text == text) }
    }
}
