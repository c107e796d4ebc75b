public import Storage

/// What every store must do, whatever it is built on: one suite for all of them.
///
/// A test runs each of ``checks`` against stores that it makes anew. The checks know nothing of
/// files or databases; what is particular to one kind of store is tested beside it.
public enum StoreConformance {
    /// All checks.
    public static let checks: [ConformanceCheck] =
        recordChecks + expectationChecks + groupChecks + chainChecks + listingChecks
        + stateChecks + auditChecks + snapshotChecks + randomChecks
}

/// One property of stores.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// Makes an empty store.
    public typealias Factory = @Sendable () async throws -> any VaultStore

    /// What the store does, in words.
    public let description: String
    private let body: @Sendable (Bench) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Bench) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Runs the check against a new store.
    ///
    /// - Throws: ``ConformanceFailure``, or what the store threw where it should not have.
    public func run(_ makeStore: Factory) async throws {
        let store = try await makeStore()
        do {
            try await body(Bench(store: store))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

/// A store did something else than it should.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was seen, and what should have been.
    public let description: String
}

/// A store under test, with shorter ways to use it.
struct Bench: Sendable {
    let store: any VaultStore

    @discardableResult
    func commit(
        _ group: Mutation..., durability: Durability = .process
    ) async throws -> [MutationOutcome] {
        try await store.commit(group, durability: durability) { _ throws(StoreError) in }
    }

    /// Commits mutations that must all succeed.
    func put(_ group: Mutation..., line: UInt = #line) async throws {
        let outcomes = try await store.commit(group, durability: .process) {
            _ throws(StoreError) in
        }
        try same(outcomes, group.map { _ in .committed }, "outcomes", line: line)
    }

    /// Commits one mutation that has only an expectation, and says what became of it.
    func check(_ expectation: Expectation) async throws -> MutationOutcome? {
        try await commit(Mutation(expectations: [expectation])).first
    }

    func same<Value: Equatable>(
        _ seen: Value, _ expected: Value, _ what: String, line: UInt = #line
    ) throws {
        guard seen != expected else { return }
        throw ConformanceFailure(
            description: "\(what) (line \(line)): saw \(seen), expected \(expected)")
    }
}
