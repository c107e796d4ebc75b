public import StrictJSON
import VaultAPI

extension VaultClient {
    /// Erases a record, or compartments of it. Repeating it answers the same certificate.
    ///
    /// - Parameters:
    ///   - reason: a code of lower-case letters, digits and hyphens.
    ///   - compartments: nil for the whole record.
    /// - Returns: the signed certificate.
    public func erase(
        _ id: String, reason: String, compartments: [String]? = nil,
        key: IdempotencyKey = IdempotencyKey()
    ) async throws(VaultClientError) -> JSONValue {
        var members = [JSONMember("reason", .string(reason))]
        if let compartments {
            members.append(.init("compartments", .array(compartments.map { .string($0) })))
        }
        let path = APIPath.erasure(PercentEncoding.encode(id))
        return try await json(.change(path, JSONValue.object(members).encoded(), key))
    }

    /// The certificates of a record's erasures.
    public func certificates(of id: String) async throws(VaultClientError) -> Page {
        try await page(APIPath.erasure(PercentEncoding.encode(id)), after: nil, limit: nil)
    }
}
