public import StrictJSON
import VaultAPI

/// Records that a search found.
public struct SearchMatches: Sendable, Equatable {
    /// The records, with the fields asked for.
    public let records: [VaultRecord]
    /// Whether there are more than the limit let through.
    public let isTruncated: Bool
    /// The answer whole.
    public let json: JSONValue
}

extension VaultClient {
    /// Finds records by one field, exactly, after normalisation of the value.
    ///
    /// - Parameters:
    ///   - fields: fields to read in the same answer; nil for all that the grant allows.
    ///   - limit: at most `APILimits.searchMatches`.
    public func search(
        field: String, value: JSONValue, fields: [String]? = nil, view: RecordView? = nil,
        limit: Int? = nil
    ) async throws(VaultClientError) -> SearchMatches {
        var members = [JSONMember("field", .string(field)), .init("value", value)]
        members += self.members(fields, view)
        if let limit { members.append(.init("limit", .number(String(limit)))) }
        let answer = try await json(.query(APIPath.search, .object(members)))
        return SearchMatches(
            records: try records(in: answer["matches"]),
            isTruncated: try expect(answer["truncated"]?.flag), json: answer)
    }
}
