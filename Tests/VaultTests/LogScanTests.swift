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
