import Storage
import StrictJSON
import Testing
import Vault
import VaultTesting

@Suite struct BatchTests {
    private func write(
        _ operations: [BatchOperation], _ opened: OpenedVault, key: String? = nil,
        as caller: Caller = TestCaller.everyone
    ) async throws -> [Result<BatchOutcome, VaultError>] {
        try await opened.vault.write(
            operations,
            request: AccessRequest(caller: caller, purpose: "order", requestID: "batch"),
            idempotencyKey: key, body: Array("body".utf8))
    }

    private func creations(_ numbers: ClosedRange<Int>) throws -> [BatchOperation] {
        try numbers.map { .create(try Person.body($0), isDryRun: false) }
    }

    private func id(_ result: Result<BatchOutcome, VaultError>) -> RecordID? {
        switch result {
        case .success(.created(let written)), .success(.updated(let written)): written.id
        default: nil
        }
    }

    private func code(_ result: Result<BatchOutcome, VaultError>) -> VaultError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test func operationsAreAtomicEachAlone() async throws {
        let opened = try await VaultFiles.make().open()
        let known = try await opened.create(Person.body(100))
        let results = try await write(
            try creations(1...2) + [
                .create(try Person.body(1), isDryRun: false),
                .create(try json(#"{"kind":"person","fields":{}}"#), isDryRun: false),
                .update(
                    known, try json(#"{"fields":{"email":"b@b.fi"}}"#), ifMatch: nil,
                    isDryRun: false),
                .update(
                    known, try json(#"{"fields":{"email":"c@b.fi"}}"#), ifMatch: 1, isDryRun: false),
                .malformed(VaultError(.malformedRequest)),
                .create(try Person.body(3), isDryRun: true),
                .create(try Person.body(2), isDryRun: true),
                .update(
                    known, try json(#"{"fields":{"email":"d@b.fi"}}"#), ifMatch: nil, isDryRun: true
                ),
            ] + creations(3...3), opened)
        #expect(results.count == 11)
        #expect(id(results[0]) != nil && id(results[1]) != nil && id(results[10]) != nil)
        #expect(code(results[2]) == .duplicate && code(results[3]) == .invalidValue)
        #expect(id(results[4]) == known)
        #expect(code(results[5]) == .versionMismatch && code(results[6]) == .malformedRequest)
        guard case .success(.valid) = results[7], case .success(.valid) = results[9] else {
            Issue.record("a dry run that would have succeeded failed")
            return
        }
        #expect(code(results[8]) == .duplicate)
        #expect(try await opened.read(known)["email"] == #""b@b.fi""#)
        #expect(try await opened.store.counts().records == 4)
        await opened.close()
        #expect(try await opened.files.check().findings.isEmpty)
    }

    @Test func creationsOfABatchShareAGroup() async throws {
        let opened = try await VaultFiles.make().open()
        let results = try await write(try creations(1...300), opened)
        #expect(results.allSatisfy { id($0) != nil })
        #expect(opened.store.groupSizes.max() == 300)
        #expect(try await opened.store.counts().segments == 2)
        await opened.close()
    }

    @Test func repeatedBatchMakesNothingTwice() async throws {
        let opened = try await VaultFiles.make().open()
        let operations = try creations(1...10)
        let first = try await write(operations, opened, key: "key")
        let second = try await write(operations, opened, key: "key")
        #expect(first.map(id) == second.map(id))
        #expect(first.allSatisfy { id($0) != nil })
        #expect(try await opened.store.counts().records == 10)
        await opened.close()
    }

    /// What an interrupted batch left out is made by its repeat, under the same ids; who was erased
    /// meanwhile stays erased.
    @Test func interruptedBatchGoesOn() async throws {
        let opened = try await VaultFiles.make().open()
        let operations = try (1...40).map {
            BatchOperation.create(try Person.bare($0), isDryRun: false)
        }
        opened.store.failNextCommit(.failedMutations(.unexpected(code: 12))) { mutation in
            mutation.writes.contains {
                if case .insert(let record) = $0 { record.id.low & 1 == 1 } else { false }
            }
        }
        let first = try await write(operations, opened, key: "key")
        let made = first.compactMap(id)
        #expect(!made.isEmpty && made.count < 40)
        #expect(try await opened.store.counts().records == made.count)
        let second = try await write(operations, opened, key: "key")
        #expect(second.allSatisfy { id($0) != nil })
        #expect(zip(first, second).allSatisfy { id($0) == nil || id($0) == id($1) })
        #expect(try await opened.store.counts().records == 40)
        let erased = try #require(id(second[1]))
        try await opened.erase(erased)
        let third = try await write(operations, opened, key: "key")
        #expect(code(third[1]) == .erased)
        #expect(try await opened.store.counts().records == 39)
        await opened.close()
    }

    @Test func batchWithoutAGrantWritesNothing() async throws {
        let opened = try await VaultFiles.make().open()
        let results = try await write(
            try creations(1...3), opened, as: TestCaller.billing)
        #expect(results.allSatisfy { code($0) == .notGranted })
        #expect(try await opened.store.counts().records == 0)
        #expect(try await opened.audit().contains { $0["outcome"]?.text == "not_granted" })
        await opened.close()
    }
}
