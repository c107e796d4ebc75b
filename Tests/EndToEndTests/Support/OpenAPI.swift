import Foundation
import Testing
import Yams

/// What docs/openapi.yaml promises: which paths take which methods, and the statuses of each.
struct OpenAPI: Sendable {
    struct Operation: Sendable {
        let method: String
        let path: String
        let statuses: Set<Int>
    }

    static let path = Programs.repository + "/docs/openapi.yaml"
    static let shared = OpenAPI()

    let operations: [Operation]

    /// Statuses that every route may answer (`components/responses/Problem`).
    private static let common: Set<Int> = [405, 408, 429, 431, 500]
    private static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

    private init() {
        let text = (try? String(contentsOfFile: Self.path, encoding: .utf8)) ?? ""
        let paths = (try? Yams.compose(yaml: text))??["paths"]?.mapping
        operations = (paths.map(Array.init) ?? []).flatMap { path, item in
            (item.mapping.map(Array.init) ?? []).compactMap { method, operation in
                guard let path = path.string, let name = method.string,
                    Self.methods.contains(name), let responses = operation["responses"]?.mapping
                else { return nil }
                return Operation(
                    method: name.uppercased(), path: path,
                    statuses: Set(responses.keys.compactMap { $0.string.flatMap { Int($0) } }))
            }
        }
    }

    /// Records an issue where an answer is none that is described.
    func check(_ answer: Answer, to method: String, _ target: String) {
        guard !isDescribed(answer, to: method, target) else { return }
        Issue.record("\(answer.status) to \(method) \(pattern(of: target)) is not described")
    }

    func isDescribed(_ answer: Answer, to method: String, _ target: String) -> Bool {
        let found = operations.filter { matches($0.path, target) }
        guard !found.isEmpty else { return answer.status == 404 && answer.code == "no_such_route" }
        if Self.common.contains(answer.status) { return true }
        // A method that HTTP does not have is malformed.
        if !Self.methods.contains(method.lowercased()) { return answer.status == 400 }
        return found.contains { $0.method == method && $0.statuses.contains(answer.status) }
    }

    private func pattern(of target: String) -> String {
        operations.first { matches($0.path, target) }?.path ?? "a path that is not described"
    }

    private func matches(_ pattern: String, _ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }.split(
            separator: "/", omittingEmptySubsequences: false)
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return path.count == parts.count
            && zip(parts, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
