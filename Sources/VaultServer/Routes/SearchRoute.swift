import Hummingbird
import StrictJSON
import Vault
import VaultAPI

/// `POST /v1/search`: one query, or many in one request.
struct SearchRoute: Sendable {
    let vault: RecordVault
    let bodyLimits: JSONLimits

    private static let single = ["field", "value", "limit"] + FieldSelection.members
    private static let several = ["queries", "limit"] + FieldSelection.members
    private static let limits = 1...Int64(APILimits.searchMatches)

    func add(to router: Router<VaultRequestContext>) {
        router.post(RouterPath(APIPath.search), use: search)
    }

    @Sendable private func search(
        _ request: Request, _ context: VaultRequestContext
    ) async throws -> Response {
        let proof = try await vault.authorize(SearchRecords.self, context.accessRequest(request))
        _ = try QueryParameters(request, allowing: [])
        let json = try await request.json(within: bodyLimits)
        let isSingle = json["queries"] == nil
        let body = try RequestObject(json, allowing: isSingle ? Self.single : Self.several)
        let queries = isSingle ? [try query(body)] : try queries(body)
        let limit =
            try body.integer("limit", in: Self.limits).map(Int.init)
            ?? APILimits.searchMatchesDefault
        let selection = try FieldSelection(body)
        let ticket = context.beginAnswer(of: vault)
        let results = try await vault.search(
            proof, queries, selection, limit: limit, ticket: ticket)
        if isSingle, let result = results.first {
            let matches = try result.get()
            return .json(capacity: matches.jsonCapacity) { $0.members(of: matches) }
        }
        return .json(capacity: results.count * 512) { writer in
            writer.results { writer in
                for result in results { writer.search(result, requestID: context.requestID) }
            }
        }
    }

    private func query(_ object: RequestObject) throws(Problem) -> SearchQuery {
        SearchQuery(field: try object.text("field"), value: try object.required("value"))
    }

    private func queries(_ body: RequestObject) throws(Problem) -> [SearchQuery] {
        let items = try body.items("queries", count: 1...APILimits.searchQueries) ?? []
        var queries: [SearchQuery] = []
        for (index, item) in items.enumerated() {
            let object = try RequestObject(
                item, at: "/queries/\(index)", allowing: ["field", "value"])
            queries.append(try query(object))
        }
        return queries
    }
}

extension JSONWriter {
    fileprivate mutating func members(of matches: SearchMatches) {
        name("matches")
        beginArray()
        for view in matches.records { match(view) }
        endArray()
        member("truncated", matches.isTruncated)
    }

    fileprivate mutating func search(
        _ result: Result<SearchMatches, VaultError>, requestID: String
    ) {
        switch result {
        case .success(let matches):
            beginObject()
            members(of: matches)
            endObject()
        case .failure(let error):
            var problem = Problem(error)
            problem.requestID = requestID
            problem.write(to: &self)
        }
    }
}

extension SearchMatches {
    fileprivate var jsonCapacity: Int { records.reduce(64) { $0 + $1.jsonCapacity } }
}
