import SQLiteStore
import Storage
import Testing
import VaultTesting

@Suite("Store conformance")
struct ConformanceTests {
    @Test("SQLite", arguments: StoreConformance.checks)
    func sqlite(check: ConformanceCheck) async throws {
        let directory = try TestDirectory()
        try await check.run { try SQLiteStore.create(at: directory.path) }
    }

    @Test("memory", arguments: StoreConformance.checks)
    func memory(check: ConformanceCheck) async throws {
        try await check.run { InMemoryStore() }
    }

    @Test("the suite notices", arguments: InMemoryStore.Defect.allCases)
    func notices(defect: InMemoryStore.Defect) async {
        var noticed: [String] = []
        for check in StoreConformance.checks {
            do {
                try await check.run { InMemoryStore(defect: defect) }
            } catch {
                noticed.append(check.description)
            }
        }
        #expect(!noticed.isEmpty, "\(defect) goes unnoticed")
    }
}
