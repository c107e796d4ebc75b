import StrictJSON
import Synchronization
import VaultAPI
import VaultClient

@testable import aitta

/// Stands for a vault: creates records once for each key, as the real one does, and fails where it
/// is told to.
final class FakeVault: BatchWriter {
    /// What happens to a request.
    enum Fate: Sendable {
        case carriedOut
        /// Carried out, but the answer is lost.
        case answerLost
        /// Not carried out.
        case refused(VaultClientError)
        /// Every operation is refused alike, and the answers are kept under the key.
        case everyOperationRefused(ErrorCode)
    }

    struct State {
        var records: [JSONValue] = []
        var answers: [IdempotencyKey: (body: [UInt8], results: [BatchResult])] = [:]
        var requests = 0
    }

    let state = Mutex(State())
    private let fate: @Sendable (_ request: Int) -> Fate
    private let ignoresKeys: Bool

    init(
        ignoresKeys: Bool = false,
        fate: @escaping @Sendable (_ request: Int) -> Fate = { _ in .carriedOut }
    ) {
        self.ignoresKeys = ignoresKeys
        self.fate = fate
    }

    /// The records, each as its `fields.name`, companies' contacts with their company's number.
    var names: [String] {
        state.withLock { state in state.records.map { $0["fields"]?["name"]?.text ?? "?" } }
    }

    func batchWrite(
        operations: [UInt8], key: IdempotencyKey
    ) async throws(VaultClientError) -> [BatchResult] {
        let outcome: Result<[BatchResult], VaultClientError> = state.withLock { state in
            state.requests += 1
            let fate = fate(state.requests)
            if case .refused(let error) = fate { return .failure(error) }
            if let known = state.answers[key], !ignoresKeys {
                guard known.body == operations else {
                    return .failure(.problem(Problem(.idempotencyMismatch)))
                }
                return .success(known.results)
            }
            let results = (try? JSONParser.parse(operations))?.items?.map { operation in
                if case .everyOperationRefused(let code) = fate {
                    return Self.refusal(Problem(code))
                }
                return Self.carryOut(operation, &state.records)
            }
            state.answers[key] = (operations, results ?? [])
            if case .answerLost = fate { return .failure(.connectionLost) }
            return .success(results ?? [])
        }
        return try outcome.get()
    }

    private static func carryOut(
        _ operation: JSONValue, _ records: inout [JSONValue]
    ) -> BatchResult {
        let name = operation["fields"]?["name"]?.text
        if name == "bad" {
            var problem = Problem(.invalidValue)
            problem.violations = [Violation(pointer: "/fields/name", rule: "format")]
            return refusal(problem)
        }
        if operation["dryRun"]?.flag == true {
            return BatchResult(status: 200, body: .object([JSONMember("valid", .bool(true))]))
        }
        if operation["kind"]?.text != "contact",
            records.contains(where: { $0["fields"] == operation["fields"] })
        {
            var problem = Problem(.duplicate)
            problem.field = "name"
            return refusal(problem)
        }
        records.append(operation)
        return BatchResult(
            status: 201,
            body: .object([
                JSONMember("id", .string("id-\(records.count)")),
                JSONMember("version", .number("1")),
            ]))
    }

    private static func refusal(_ problem: Problem) -> BatchResult {
        BatchResult(
            status: problem.status, body: (try? JSONParser.parse(problem.encoded())) ?? .null)
    }
}
