import Foundation
import Storage
import Testing
import VaultTesting

@testable import Vault

@Suite struct LogScanTests {
    private struct Numbers: LogVisitor {
        var seen: [UInt64] = []
        var enough = Int.max

        mutating func visit(_ entry: AuditEntry) -> Bool {
            seen.append(entry.number)
            return seen.count < enough
        }
    }

    /// Prints what a scan costs; asserts nothing about time. AITTA_SCAN_ENTRIES sets the log's size.
    @Test func costs() async throws {
        let opened = try await VaultFiles.make().open()
        let named = ProcessInfo.processInfo.environment["AITTA_SCAN_ENTRIES"].flatMap { Int($0) }
        let (count, groupCount) = (named ?? 20_000, 500)
        for group in 0..<(count / groupCount) {
            let leaves = (0..<groupCount).map { place in
                var entry = AuditRecord(
                    caller: TestCaller.named("web", 33), requestID: "0123456789abcdef",
                    purpose: "customer-service", operation: "read",
                    record: RecordID(high: 1, low: UInt64(group * groupCount + place)))
                entry.fields = ["name", "henkilotunnus", "address", "phone", "email"]
                entry.generation = 1
                return entry.leaf(milliseconds: opened.clock.nowMilliseconds)
            }
            let commit = Commit(mutation: Mutation(audit: leaves))
            guard case .committed = await opened.vault.commits.commit([commit])[0] else {
                throw TestFailure("the log does not grow")
            }
        }
        let auditor = try await opened.authorize(ReadAudit.self, TestCaller.auditor, nil)
        let clock = ContinuousClock()
        let history = try await clock.measure {
            _ = try await opened.vault.history(
                auditor, of: RecordID(high: 1, low: 0), view: .full, after: 0, limit: 1000)
        }
        let now = opened.clock.nowSeconds
        let scope = try await clock.measure {
            _ = try await opened.vault.breachScope(
                auditor, of: .uid(33), in: (now - 60)..<(now + 60))
        }
        print("scan of \(opened.vault.log.size) entries: history \(history), scope \(scope)")
        await opened.close()
    }

    @Test(arguments: [1, 2, 3, 10_000]) func visitsEachEntryOnce(pageEntries: Int) async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        for _ in 0..<8 { _ = try await opened.read(id) }
        let scan = LogScan(store: opened.store, pageEntries: pageEntries)
        let size = opened.vault.log.size
        #expect(size > 8)
        func seen(_ visitor: Numbers, _ after: UInt64, _ last: UInt64) async throws -> [UInt64] {
            try await scan.run(visitor, after: after, through: last).seen
        }
        #expect(try await seen(Numbers(), 0, size) == Array(1...size))
        #expect(try await seen(Numbers(), 0, size + 100) == Array(1...size))
        #expect(try await seen(Numbers(), 3, 7) == [4, 5, 6, 7])
        #expect(try await seen(Numbers(), 7, 7) == [])
        #expect(try await seen(Numbers(), 9, 7) == [])
        #expect(try await seen(Numbers(enough: 3), 1, size) == [2, 3, 4])
        await opened.close()
    }
}
