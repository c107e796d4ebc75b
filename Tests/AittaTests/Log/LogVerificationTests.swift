import Cryptography
import StrictJSON
import Testing
import VaultClient
import Verification

@testable import aitta

@Suite struct LogVerificationTests {
    private static let count = 25
    private let log: LogFixture

    init() throws { log = try LogFixture(count: Self.count) }

    private func report(
        _ items: [JSONValue], stated: TreeHead? = nil, earlier: [EarlierCheckpoint] = [],
        page: Int = 7
    ) async throws -> LogReport {
        let checkpoint = try StatedCheckpoint(log.stated(stated), keys: LogKeys(log.verifier))
        let verification = LogVerification(
            stated: checkpoint, earlier: earlier, isInterrupted: { false })
        return try await verification.run(over: FakeLog(items, page: page))
    }

    private func kept(_ size: Int, in path: String = "old") -> EarlierCheckpoint {
        EarlierCheckpoint(path: path, head: log.head(size))
    }

    @Test(arguments: [1, 7, 25, 1000])
    func takesAGoodLog(page: Int) async throws {
        let earlier = [0, 1, 11, 11, 25].map { kept($0) }
        let report = try await report(log.items, earlier: earlier, page: page)
        #expect(report.faults == [])
        #expect(report.agreeing == 5)
        try report.check()
    }

    @Test(arguments: 0...25)
    func takesEverySize(size: Int) async throws {
        // What came behind the checkpoint is none of its business.
        let report = try await report(log.items, stated: log.head(size))
        #expect(report.faults == [])
    }

    @Test func takesExpiredEntries() async throws {
        let items = (1...Self.count).map { $0 <= 9 ? log.expired($0) : log.item($0) }
        let report = try await report(items, earlier: [kept(5)])
        #expect(report.faults == [])
        #expect(report.expired == 9)
    }

    @Test(arguments: 1...25)
    func findsAnAlteredEntry(number: Int) async throws {
        let stated = log.head()
        let earlier = [8, 11].map { kept($0) }
        log.entries[number - 1] = LogFixture.entry(number, operation: "read")
        let faults = try await report(log.items, stated: stated, earlier: earlier).faults
        let expected: [LogFault] =
            switch number {
            case ...8:
                [.otherEarlierRoot(earlier[0], since: 0), .otherRoot(size: 25, since: 0)]
            case ...11:
                [.otherEarlierRoot(earlier[1], since: 8), .otherRoot(size: 25, since: 8)]
            default: [.otherRoot(size: 25, since: 11)]
            }
        #expect(faults == expected)
    }

    @Test(arguments: 1...25)
    func namesADamagedEntry(number: Int) async throws {
        var items = log.items
        items[number - 1] = log.damaged(number, bytes: LogFixture.entry(99))
        let report = try await report(items)
        #expect(report.faults == [.damaged(UInt64(number))])
        #expect(throws: Failure.self) { try report.check() }
        #expect(
            report.messages == [
                "the log was altered: entry \(number) has other bytes than those that were hashed"
            ])
    }

    @Test func namesEveryDamagedEntryUpToALimit() async throws {
        let items = (1...Self.count).map { log.damaged($0, bytes: [UInt8($0)]) }
        let report = try await report(items)
        #expect(report.faults.count == LogVerifier.maximumFaults)
        #expect(report.messages.last == "5 more entries are wrong")
    }

    @Test(arguments: 1...25)
    func namesAMissingEntry(number: Int) async throws {
        var items = log.items
        items.remove(at: number - 1)
        let expected: LogFault =
            number < Self.count ? .missing(UInt64(number)) : .ends(at: 24, size: 25)
        #expect(try await report(items).faults == [expected])
    }

    @Test func namesWhatIsNotInItsPlace() async throws {
        var items = log.items
        items.insert(items[4], at: 5)
        #expect(try await report(items).faults == [.misplaced(6, found: 5)])
        items = log.items
        items.swapAt(9, 10)
        #expect(try await report(items).faults == [.missing(10)])
        items = log.items
        items[3] = .object([])
        #expect(try await report(items).faults == [.misplaced(4, found: nil)])
        for members in [[], [log.hash(4)], [JSONMember("expired", .bool(true))]] {
            items[3] = .object([JSONMember("number", .number("4"))] + members)
            #expect(try await report(items).faults == [.unreadable(4)])
        }
    }

    @Test func noticesOtherOrderUnderNewNumbers() async throws {
        let stated = log.head()
        log.entries.swapAt(16, 17)
        let faults = try await report(log.items, stated: stated, earlier: []).faults
        #expect(faults == [.otherRoot(size: 25, since: 0)])
    }

    @Test func noticesWhatIsShownOtherwise() async throws {
        var items = log.items
        items[16] = log.item(17, [JSONMember("uid", .number("0"))])
        let report = try await report(items)
        #expect(report.faults == [.contradiction(17, member: "uid")])
        #expect(
            report.messages == [
                "the log was altered: entry 17 is shown with another uid than its bytes hold"
            ])
    }

    @Test func saysOfAnUnknownFormatThatItIsNone() async throws {
        log.entries[6] = [2]
        #expect(try await report(log.items).faults == [.unknownFormat(7)])
    }

    @Test func noticesALogThatIsTooShort() async throws {
        let earlier = EarlierCheckpoint(path: "kept", head: log.head())
        let whole = log.items
        for size in [0, 20] {
            let report = try await report(
                Array(whole.prefix(size)), stated: log.head(size), earlier: [earlier])
            #expect(
                report.messages == [
                    "the log is shorter than the checkpoint in kept: it has \(size) entries, "
                        + "the checkpoint 25"
                ])
        }
        let faults = try await report(Array(whole.prefix(20))).faults
        #expect(faults == [.ends(at: 20, size: 25)])
    }

    /// Rewritten and signed anew: only a checkpoint that was kept tells.
    @Test func noticesAFork() async throws {
        let earlier = [8, 20, 25].map { kept($0) }
        log.entries[9] = LogFixture.entry(99)
        #expect(try await report(log.items).faults == [])
        let report = try await report(log.items, earlier: earlier)
        #expect(report.faults == [.otherEarlierRoot(earlier[1], since: 8)])
        #expect(
            report.messages == [
                "the log was altered: an earlier checkpoint of size 20 has another root, in old; "
                    + "what differs lies in entries 9 to 20"
            ])
    }

    @Test func stopsWhenInterrupted() async throws {
        let stated = try StatedCheckpoint(log.stated(), keys: nil)
        let verification = LogVerification(
            stated: stated, earlier: [], isInterrupted: { true })
        await #expect(throws: Failure("interrupted")) {
            try await verification.run(over: FakeLog(log.items))
        }
    }

    @Test func exportsWhatItReadsAndReadsItBack() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path + "/log.jsonl"
        let stated = try StatedCheckpoint(log.stated(), keys: LogKeys(log.verifier))
        let verification = LogVerification(
            stated: stated, earlier: [], export: try LogExport(path: path),
            isInterrupted: { false })
        _ = try await verification.run(over: FakeLog(log.items))
        #expect(try scratch.permissions("log.jsonl") == 0o600)
        let file = try LogFile(path: path)
        #expect(file.checkpoint == stated.json)
        #expect(try file.next() == log.items)
        #expect(try file.next() == [])
        #expect(throws: Failure.self) { try LogExport(path: path) }
    }
}
