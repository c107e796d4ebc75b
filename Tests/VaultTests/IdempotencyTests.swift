import GRDB
import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct IdempotencyTests {
    private static let key = "0190b7e4-0000-7000-8000-000000000001"

    @Test func repeatAnswersTheSameRecord() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let body = try Person.body(1)
        let first = try await opened.create(body, key: Self.key)
        #expect(try await opened.create(body, key: Self.key) == first)
        await opened.close()
        opened = try await files.open()
        #expect(try await opened.create(body, key: Self.key) == first)
        #expect(try await opened.store.counts().records == 1)
        await opened.close()
    }

    @Test func anotherBodyWithTheSameKeyIsRefused() async throws {
        let opened = try await VaultFiles.make().open()
        try await opened.create(Person.body(1), key: Self.key)
        await expectError(.idempotencyMismatch) {
            try await opened.create(Person.body(2), key: Self.key)
        }
        let other = "0190b7e4-0000-7000-8000-000000000002"
        try await opened.create(Person.body(2), key: other)
        // Another caller's key is another key.
        try await opened.create(Person.body(3), as: TestCaller.checkout, key: Self.key)
        #expect(try await opened.store.counts().records == 3)
        await opened.close()
    }

    @Test func repeatAfterErasureIsErased() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let body = try Person.body(1)
        let id = try await opened.create(body, key: Self.key)
        try await opened.erase(id)
        await expectError(.erased) { try await opened.create(body, key: Self.key) }
        await opened.close()
        opened = try await files.open()
        await expectError(.erased) { try await opened.create(body, key: Self.key) }
        #expect(try await opened.store.counts().records == 0)
        await opened.close()
    }

    @Test func keyIsForgottenAfterADay() async throws {
        let opened = try await VaultFiles.make().open()
        let body = try Person.bare(1)
        let first = try await opened.create(body, key: Self.key)
        opened.clock.advance(seconds: 24 * 3600 - 1)
        #expect(try await opened.create(body, key: Self.key) == first)
        // To the second: either remembered or forgotten, and never a conflict.
        opened.clock.advance(seconds: 1)
        #expect(try await opened.create(body, key: Self.key) == first)
        opened.clock.advance(seconds: 1)
        let second = try await opened.create(body, key: Self.key)
        #expect(second != first)
        #expect(try await opened.create(body, key: Self.key) == second)
        await opened.close()
    }

    @Test func expiredRowsAreDeletedInTime() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        for number in 0..<3 { try await opened.create(Person.bare(number), key: "k\(number)") }
        opened.clock.advance(seconds: 24 * 3600 + 1)
        try await opened.create(Person.bare(4), key: "k4")
        await opened.close()
        let count = try files.edit { try Int.fetchOne($0, sql: "SELECT count(*) FROM replays") }
        #expect(count == 1)
    }

    @Test func requestsAtOnceWithTheSameKeyMakeOneRecord() async throws {
        let opened = try await VaultFiles.make().open()
        let body = try Person.body(1)
        let ids = try await withThrowingTaskGroup(of: RecordID.self) { group in
            for _ in 0..<20 {
                group.addTask { try await opened.create(body, key: Self.key) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await opened.store.counts().records == 1)
        await opened.close()
    }

    @Test func failedRequestDoesNotUseTheKeyUp() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let body = try Person.body(1)
        await expectError(.duplicate) { try await opened.create(body, key: Self.key) }
        try await opened.erase(id)
        let second = try await opened.create(body, key: Self.key)
        #expect(try await opened.create(body, key: Self.key) == second)
        await opened.close()
    }
}
