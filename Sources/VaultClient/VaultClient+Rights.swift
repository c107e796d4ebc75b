import NIOHTTP1
public import StrictJSON
public import VaultAPI

extension VaultClient {
    /// Records that a consent was given or withdrawn; in effect with the next request.
    ///
    /// - Parameters:
    ///   - purpose: What the consent is to; not the purpose under which it is recorded.
    ///   - state: `given` or `withdrawn`.
    ///   - at: when, RFC 3339, UTC; nil for now. With it, the call is repeated when its outcome is
    ///     unknown: the same said again is no change.
    ///   - source: from whom it is known; nil for `subject`.
    ///   - evidence: what proves it, in at most 500 characters.
    public func recordConsent(
        _ id: String, to purpose: String, state: String, at: String? = nil, source: String? = nil,
        evidence: String? = nil
    ) async throws(VaultClientError) -> WrittenRecord {
        let members =
            [JSONMember("purpose", .string(purpose)), JSONMember("state", .string(state))]
            + statement(at: at, source: source, evidence: evidence)
        return try await written(
            .POST, APIPath.consents(PercentEncoding.encode(id)), members, isRepeatable: at != nil)
    }

    /// All that was recorded of a record's consents, the newest last.
    public func consents(of id: String) async throws(VaultClientError) -> Page {
        try await page(APIPath.consents(PercentEncoding.encode(id)), after: nil, limit: nil)
    }

    /// Records that somebody objects to a purpose; in effect with the next request.
    public func object(
        _ id: String, to purpose: String, at: String? = nil, source: String? = nil,
        evidence: String? = nil
    ) async throws(VaultClientError) -> WrittenRecord {
        try await written(
            .PUT, objection(id, purpose), statement(at: at, source: source, evidence: evidence))
    }

    /// Records that somebody no longer objects to a purpose.
    public func liftObjection(
        _ id: String, to purpose: String
    ) async throws(VaultClientError) -> WrittenRecord {
        try await written(.DELETE, objection(id, purpose))
    }

    /// All that was recorded of a record's objections, the newest last.
    public func objections(of id: String) async throws(VaultClientError) -> Page {
        try await page(APIPath.objections(PercentEncoding.encode(id)), after: nil, limit: nil)
    }

    /// Restricts processing of a record, on a ground given as a code.
    public func restrict(
        _ id: String, ground: String
    ) async throws(VaultClientError) -> WrittenRecord {
        try await written(
            .PUT, APIPath.restriction(PercentEncoding.encode(id)),
            [JSONMember("ground", .string(ground))])
    }

    /// Lifts the restriction.
    public func liftRestriction(_ id: String) async throws(VaultClientError) -> WrittenRecord {
        try await written(.DELETE, APIPath.restriction(PercentEncoding.encode(id)))
    }

    /// Whether processing is restricted: `{"restricted","since","ground","recordedBy"}`.
    public func restriction(of id: String) async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.restriction(PercentEncoding.encode(id))))
    }

    /// Protects a person's whereabouts.
    ///
    /// - Parameter until: a day, the whole of which it covers, or a time, RFC 3339, UTC.
    public func protect(
        _ id: String, until: String
    ) async throws(VaultClientError) -> WrittenRecord {
        try await written(
            .PUT, APIPath.protection(PercentEncoding.encode(id)),
            [JSONMember("until", .string(until))])
    }

    /// Ends the protection before its time.
    public func endProtection(_ id: String) async throws(VaultClientError) -> WrittenRecord {
        try await written(.DELETE, APIPath.protection(PercentEncoding.encode(id)))
    }

    /// Whether somebody is protected: `{"protected","until","since","recordedBy"}`.
    public func protection(of id: String) async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.protection(PercentEncoding.encode(id))))
    }

    /// Protections that end before a time, or have ended and were not removed: items of `id`, `until`.
    ///
    /// - Parameters:
    ///   - before: RFC 3339, UTC.
    ///   - after: `next` of the page before; a page may hold fewer items than `limit` and not be the
    ///     last.
    public func protections(
        endingBefore before: String, after: String? = nil, limit: Int = APILimits.listItemsDefault
    ) async throws(VaultClientError) -> Page {
        try await page(
            APIPath.protections, after: after, limit: limit,
            query: [("before", PercentEncoding.encode(before))])
    }

    private func objection(_ id: String, _ purpose: String) -> String {
        APIPath.objection(PercentEncoding.encode(id), PercentEncoding.encode(purpose))
    }

    private func statement(at: String?, source: String?, evidence: String?) -> [JSONMember] {
        [("at", at), ("source", source), ("evidence", evidence)].compactMap { name, text in
            text.map { JSONMember(name, .string($0)) }
        }
    }

    func written(
        _ method: HTTPMethod, _ path: String, _ members: [JSONMember]? = nil,
        isRepeatable: Bool = true
    ) async throws(VaultClientError) -> WrittenRecord {
        try expect(
            WrittenRecord(
                await json(
                    Exchange(
                        method: method, path: path,
                        body: members.map { JSONValue.object($0).encoded() },
                        isRepeatable: isRepeatable))))
    }
}
