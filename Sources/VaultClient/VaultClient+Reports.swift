public import StrictJSON
public import VaultAPI

extension VaultClient {
    /// What was done with a record, erased or not, oldest first, a page at a time.
    ///
    /// - Parameter forSubject: What the person whom the record is about is told: nobody who did it is
    ///   named, and what was refused is left out.
    /// - Returns: items of `t`, `purpose`, `op`, `fields`, and for those who oversee the vault also
    ///   `number`, `uid`, `user`, `outcome`, `reason`; what does not apply is absent.
    public func history(
        of id: String, forSubject: Bool = false, after: String? = nil,
        limit: Int = APILimits.listItemsDefault
    ) async throws(VaultClientError) -> Page {
        try await page(
            APIPath.history(PercentEncoding.encode(id)), after: after, limit: limit,
            query: forSubject ? [("view", "subject")] : [])
    }

    /// What a principal's answered reads, searches and verifications touched in a time of at most 366
    /// days. The vault reads its whole log for it.
    ///
    /// - Parameters:
    ///   - principal: `uid:N` or `user:NAME`, as the log has it.
    ///   - from: RFC 3339, UTC.
    ///   - to: RFC 3339, UTC; no longer within the time.
    /// - Returns: the statement, signed by the log's key (docs/FORMAT.md, "Breach scope").
    public func breachScope(
        principal: String, from: String, to: String
    ) async throws(VaultClientError) -> JSONValue {
        let query = [("principal", principal), ("from", from), ("to", to)].map {
            (name: $0.0, value: PercentEncoding.encode($0.1))
        }
        return try await json(.get(APIPath.auditScope, query: query))
    }
}
