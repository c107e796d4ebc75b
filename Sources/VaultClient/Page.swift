public import StrictJSON
import VaultAPI

/// A page of a list.
public struct Page: Sendable, Equatable {
    /// The items, as the vault sent them.
    public let items: [JSONValue]
    /// Names the page that follows; nil after the last.
    public let next: String?
    /// The answer whole.
    public let json: JSONValue

    init?(_ json: JSONValue) {
        guard let items = json["items"]?.items else { return nil }
        self.items = items
        self.next = json["next"]?.text
        self.json = json
    }
}

extension VaultClient {
    func page(
        _ path: String, after: String?, limit: Int?,
        query: [(name: String, value: String)] = []
    ) async throws(VaultClientError) -> Page {
        var query = query
        if let limit { query.append(("limit", String(limit))) }
        if let after { query.append(("after", PercentEncoding.encode(after))) }
        return try expect(Page(try await json(.get(path, query: query))))
    }
}
