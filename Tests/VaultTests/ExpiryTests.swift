import Catalogue
import Foundation
import SQLiteStore
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct ExpiryTests {
    private static let day: Int64 = 86_400
    private static let configuration = VaultConfiguration.forTests.with {
        $0.auditRetentionDays = 100
        $0.readDurability = .power
    }

    /// A vault whose first entries are 60 days older than the others, with accesses among both.
    private struct Aged {
        let files: VaultFiles
        var opened: OpenedVault
        let ids: [RecordID]
        /// How many entries are old.
        let old: UInt64
        let head: TreeHead

        static func make() async throws -> Aged {
            let files = try await VaultFiles.make()
            let opened = try await files.open(ExpiryTests.configuration)
            var ids: [RecordID] = []
            for number in 1...4 { ids.append(try await opened.create(Person.body(number))) }
            for id in ids + ids { _ = try await opened.read(id) }
            _ = try await opened.read(ids[0], purpose: "customer-service")
            try await opened.update(ids[0], #"{"email":"a@b.fi"}"#, purpose: "work-orders")
            try await opened.erase(ids[3])
            let (old, head) = (opened.vault.log.size, opened.vault.log.head)
            files.clock.advance(seconds: 60 * ExpiryTests.day)
            _ = try await opened.create(Person.body(9))
            for id in ids.prefix(2) { _ = try await opened.read(id) }
            let aged = Aged(files: files, opened: opened, ids: ids, old: old, head: head)
            try await aged.confirmClock()
            return aged
        }

        /// Time passes, and somebody confirms the clock the day before it is over.
        func pass(days: Int64) async throws {
            files.clock.advance(seconds: (days - 1) * ExpiryTests.day)
            try await confirmClock()
            files.clock.advance(seconds: ExpiryTests.day)
        }

        func confirmClock() async throws {
            let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
            try await opened.vault.confirmClock(proof, reason: "test")
        }

        func entries() async throws -> [AuditEntry] {
            try await opened.store.auditEntries(after: 0, limit: 1_000_000)
        }

        var logged: [LoggedEntry] {
            get async throws { try await entries().compactMap { LoggedEntry($0.leaf.entry) } }
        }

        func files(hold text: String) -> Bool {
            ["vault.db", "vault.db-wal", "access.db", "access.db-wal"].contains { name in
                let bytes = FileManager.default.contents(atPath: files.path + "/" + name)
                return bytes?.range(of: Data(text.utf8)) != nil
            }
        }
    }

    @Test func whatIsOldGoesAndTheTreeStillVerifies() async throws {
        var aged = try await Aged.make()
        let before = try await aged.entries()
        try await aged.pass(days: 50)
        await aged.opened.vault.maintain()
        let after = try await aged.entries()
        #expect(after.map(\.leaf.hash).prefix(before.count) == before.map(\.leaf.hash)[...])
        #expect(after.filter(\.leaf.isExpired).map(\.number) == Array(1...aged.old))
        #expect(after.dropFirst(Int(aged.old)).allSatisfy { $0.leaf.isWhole })
        let said = try #require(
            try await aged.logged.first { $0.operation == RecordVault.expiryOperation })
        #expect(said.generation == aged.old && said.count == aged.old)
        // Again on the same day, and a day later: nothing more is due, and nothing is logged.
        let size = aged.opened.vault.log.size
        await aged.opened.vault.maintain()
        aged.files.clock.advance(seconds: Self.day)
        await aged.opened.vault.maintain()
        #expect(aged.opened.vault.log.size == size)
        await aged.opened.close()
        #expect(try await aged.files.check().findings == [])
        #expect(try await aged.files.check().expiredEntries == aged.old)
        // After a restart all is the same, and an older checkpoint still holds.
        aged.opened = try await aged.files.open(Self.configuration)
        #expect(aged.opened.vault.logStanding == .intact)
        let proof = try await aged.opened.authorize(ReadAudit.self, TestCaller.everyone, nil)
        let head = aged.opened.vault.log.head
        let grown = try await aged.opened.vault.consistencyProof(
            proof, from: aged.head.size, to: head.size)
        #expect(ConsistencyProof(hashes: grown.hashes).isValid(from: aged.head, to: head))
        let one = try await aged.opened.vault.inclusionProof(proof, of: 2, size: head.size)
        #expect(one.leaf == before[1].leaf.hash.digest)
        #expect(
            InclusionProof(index: 1, hashes: one.hashes).isValid(leaf: one.leaf, in: head))
        await aged.opened.close()
    }

    @Test func readersCope() async throws {
        let aged = try await Aged.make()
        try await aged.pass(days: 50)
        await aged.opened.vault.maintain()
        let proof = try await aged.opened.authorize(ReadAudit.self, TestCaller.everyone, nil)
        let page = try await aged.opened.vault.auditEntries(proof, after: 0, limit: 3)
        var writer = JSONWriter()
        writer.beginArray()
        page.write(to: &writer)
        writer.endArray()
        let items = try #require(try JSONParser.parse(writer.bytes).items)
        for (place, item) in items.enumerated() {
            #expect(item.members?.map(\.name) == ["number", "leafHash", "expired"])
            #expect(item["number"]?.integer == Int64(place + 1))
        }
        let history = try await aged.opened.vault.history(
            proof, of: aged.ids[0], view: .full, after: 0, limit: 100)
        #expect(history.count == 1, "what is left: the young read")
        // A time that lies wholly behind what is left has no unreadable entry; an older one has.
        let now = aged.opened.clock.seconds
        for (days, unreadable) in [(40, UInt64(0)), (300, aged.old)] {
            let scope = try await aged.opened.vault.breachScope(
                proof, of: .uid(1000), in: (now - Int64(days) * Self.day)..<(now + 1))
            #expect(
                scope["unreadableEntries"]?.integer.map(UInt64.init) == unreadable, "\(days)")
        }
        // The erasure's entry has expired: its certificate comes without a proof.
        let certificates = try await aged.opened.authorize(
            ReadCertificates.self, TestCaller.dpo, nil)
        let certificate = try await aged.opened.vault.certificates(certificates, of: aged.ids[3])
        #expect(try JSONParser.parse(try #require(certificate.first))["log"] == nil)
        await aged.opened.close()
    }

    /// What expired is in no file; what lives is, which shows that the search finds it.
    @Test func theBytesAreGone() async throws {
        let aged = try await Aged.make()
        // One stands in entries of accesses, one in those of changes.
        let old = ["customer-service", "work-orders"]
        for text in old { #expect(aged.files(hold: text)) }
        try await aged.pass(days: 50)
        try await aged.opened.vault.expireAuditEntries()
        #expect(try await aged.opened.store.scrub())
        for text in old { #expect(!aged.files(hold: text), "\(text)") }
        #expect(aged.files(hold: RecordVault.expiryOperation))
        await aged.opened.close()
    }

    @Test func theNewestEntryStays() async throws {
        let aged = try await Aged.make()
        try await aged.pass(days: 1000)
        let size = aged.opened.vault.log.size
        #expect(try await aged.opened.vault.expireAuditEntries() == size - 1)
        #expect(try await aged.entries().filter { !$0.leaf.isExpired }.count == 2)
        await aged.opened.close()
        let opened = try await aged.files.open(Self.configuration)
        #expect(opened.vault.log.size == size + 2)
        await opened.close()
    }

    /// A run that was cut off after its word is in the log goes on the next time.
    @Test func anInterruptedRunGoesOn() async throws {
        let aged = try await Aged.make()
        try await aged.pass(days: 50)
        aged.opened.store.failNextCommit(.refused(.diskFull)) { !$0.writes.isEmpty }
        await #expect(throws: VaultError.self) {
            try await aged.opened.vault.expireAuditEntries()
        }
        #expect(try await aged.entries().allSatisfy { !$0.leaf.isExpired })
        #expect(try await aged.opened.vault.expireAuditEntries() == aged.old)
        await aged.opened.close()
        #expect(try await aged.files.check().findings == [])
    }

    /// Whoever can write the file and passes a deletion off as expiry is found out.
    @Test func anEntryGoneBeforeItsTimeIsFound() async throws {
        let aged = try await Aged.make()
        await aged.opened.close()
        try await aged.files.withStore { store in
            _ = try await store.commit(
                [Mutation(writes: [.expireAuditEntries(after: 2, through: 4)])],
                durability: .power
            ) { _ throws(StoreError) in }
        }
        let findings = try await aged.files.check().findings
        #expect(findings.map(\.kind) == ["log-altered"], "\(findings)")
    }

    /// A clock that jumps takes nothing with it, however long it says so, until somebody confirms it.
    @Test func aClockSetForwardTakesNothing() async throws {
        var aged = try await Aged.make()
        func expired() async throws -> UInt64 {
            try await aged.opened.vault.expireAuditEntries()
        }
        aged.files.clock.advance(seconds: 5000 * Self.day)
        #expect(try await expired() == 0)
        _ = try await aged.opened.read(aged.ids[0])
        #expect(try await expired() == 0)
        // Nor does a start.
        await aged.opened.close()
        aged.opened = try await aged.files.open(Self.configuration)
        #expect(try await expired() == 0)
        aged.files.clock.advance(seconds: -5000 * Self.day)
        #expect(try await expired() == 0)
        #expect(try await aged.entries().allSatisfy { !$0.leaf.isExpired })
        // Time that passed in silence is not told apart from it.
        aged.files.clock.advance(seconds: 50 * Self.day)
        #expect(try await expired() == 0)
        aged.files.clock.advance(seconds: Self.day)
        #expect(try await expired() == 0)
        #expect(aged.opened.vault.destruction.paused.map(\.what) == [.auditEntries])
        try await aged.confirmClock()
        #expect(try await expired() == aged.old)
        await aged.opened.close()
        #expect(try await aged.files.check().findings == [])
    }

    /// Entries that a clock which stood wrong dated back don't take with them what is before them.
    @Test func whatIsYoungerStays() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open(Self.configuration)
        let id = try await opened.create(Person.body(1))
        files.clock.advance(seconds: -20_000 * Self.day)
        for _ in 0..<40 { _ = try await opened.read(id) }
        files.clock.advance(seconds: 20_000 * Self.day)
        for _ in 0..<4 { _ = try await opened.read(id) }
        files.clock.advance(seconds: 2 * Self.day)
        _ = try await opened.read(id)
        #expect(try await opened.vault.expireAuditEntries() == 0)
        let entries = try await opened.store.auditEntries(after: 0, limit: 1000)
        #expect(entries.allSatisfy { !$0.leaf.isExpired })
        await opened.close()
    }

    /// An entry whose time somebody wrote back does not expire by it.
    @Test func aForgedTimeIsNotBelieved() {
        func entry(_ number: UInt64, milliseconds: Int64) -> AuditEntry {
            AuditEntry(
                number: number,
                leaf: AuditRecord(
                    caller: TestCaller.nobody, requestID: "test", purpose: nil, operation: "read"
                ).leaf(milliseconds: milliseconds))
        }
        var forged = entry(2, milliseconds: 5000)
        forged.leaf.entry = entry(2, milliseconds: 10).leaf.entry
        var scan = ExpiryScan(from: 1, cutoffMilliseconds: 1000)
        let goesOn = [entry(1, milliseconds: 10), forged, entry(3, milliseconds: 5000)].map {
            scan.visit($0)
        }
        #expect(goesOn == [true, true, false])
        #expect(scan.end == 2)
    }
}
