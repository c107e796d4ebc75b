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
}
