import NIOHTTP1
public import StrictJSON
public import VaultAPI

extension VaultClient {
    /// Creates a record.
    ///
    /// - Parameter key: the same key never creates a second record, so an interrupted call can be
    ///   repeated.
    /// - Throws: `.problem` with `duplicate`, `invalid_value`, `unknown_field`, `not_granted`, …
    public func create(
        _ record: NewRecord, key: IdempotencyKey = IdempotencyKey()
    ) async throws(VaultClientError) -> WrittenRecord {
        try await create(json: record.json, key: key)
    }

    /// Creates a record from the body of `POST /v1/records`.
    public func create(
        json: JSONValue, key: IdempotencyKey = IdempotencyKey()
    ) async throws(VaultClientError) -> WrittenRecord {
        let answer = try await self.json(.change(APIPath.records, json.encoded(), key))
        return try expect(WrittenRecord(answer))
    }

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - fields: nil for all that the grant allows; a named field that it does not allow is
    ///     refused (`not_granted`).
    ///   - view: nil for the best that the grant allows.
    ///   - includesSources: whether to tell where each field comes from.
    public func record(
        _ id: String, fields: [String]? = nil, view: RecordView? = nil,
        includesSources: Bool = false
    ) async throws(VaultClientError) -> VaultRecord {
        var query = self.query(fields, view)
        if includesSources { query.append(("include", "sources")) }
        let path = APIPath.record(PercentEncoding.encode(id))
        return try expect(VaultRecord(try await json(.get(path, query: query))))
    }

    /// Changes fields of a record: each given one is merged (RFC 7396), null removes it.
    ///
    /// - Parameters:
    ///   - source: where the new values come from.
    ///   - ifVersion: fails with `version_mismatch` where the record has another version. Without
    ///     it the update is not repeated when its outcome is unknown.
    public func update(
        _ id: String, fields: [String: JSONValue], source: String? = nil, ifVersion: UInt64? = nil
    ) async throws(VaultClientError) -> WrittenRecord {
        var members = [JSONMember("fields", .object(fields))]
        if let source { members.append(JSONMember("source", .string(source))) }
        return try await update(id, json: .object(members), ifVersion: ifVersion)
    }

    /// Changes a record by the body of `PATCH /v1/records/{id}`.
    public func update(
        _ id: String, json: JSONValue, ifVersion: UInt64? = nil
    ) async throws(VaultClientError) -> WrittenRecord {
        var exchange = Exchange(
            method: .PATCH, path: APIPath.record(PercentEncoding.encode(id)),
            body: json.encoded(), contentType: APIMediaType.mergePatch, isRepeatable: false)
        if let ifVersion { exchange.headers = [(APIHeader.ifMatch, "\"\(ifVersion)\"")] }
        return try expect(WrittenRecord(try await self.json(exchange)))
    }

    /// Compares a value with a field without reading it. Failures are limited, so a call whose
    /// outcome is unknown is not repeated.
    public func verify(
        _ id: String, field: String, value: JSONValue
    ) async throws(VaultClientError) -> Bool {
        let body = JSONValue.object([JSONMember("field", .string(field)), .init("value", value)])
        let answer = try await json(
            Exchange(
                method: .POST, path: APIPath.verify(PercentEncoding.encode(id)),
                body: body.encoded(), isRepeatable: false))
        return try expect(answer["match"]?.flag)
    }

    /// The contact persons of a company.
    public func contacts(
        of id: String, fields: [String]? = nil, view: RecordView? = nil
    ) async throws(VaultClientError) -> [VaultRecord] {
        let path = APIPath.contacts(PercentEncoding.encode(id))
        let answer = try await json(.get(path, query: query(fields, view)))
        return try records(in: answer["items"])
    }

    /// Ids and states of records, a page at a time; no personal data.
    ///
    /// - Parameters:
    ///   - reachable: whether to list those alone whom the client's purpose may reach now.
    ///   - after: `next` of the page before; a page may hold fewer items than `limit` and not be the
    ///     last.
    public func list(
        reachable: Bool = false, after: String? = nil, limit: Int = APILimits.listItemsDefault
    ) async throws(VaultClientError) -> Page {
        let purpose = reachable ? purpose : nil
        return try await page(
            APIPath.records, after: after, limit: limit,
            query: purpose.map { [("purpose", PercentEncoding.encode($0))] } ?? [])
    }
}

extension VaultClient {
    func query(_ fields: [String]?, _ view: RecordView?) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let fields {
            query.append(("fields", fields.map(PercentEncoding.encode).joined(separator: ",")))
        }
        if let view { query.append(("view", view.rawValue)) }
        return query
    }

    func members(_ fields: [String]?, _ view: RecordView?) -> [JSONMember] {
        var members: [JSONMember] = []
        if let fields { members.append(.init("fields", .array(fields.map { .string($0) }))) }
        if let view { members.append(.init("view", .string(view.rawValue))) }
        return members
    }

    func records(in json: JSONValue?) throws(VaultClientError) -> [VaultRecord] {
        var records: [VaultRecord] = []
        for item in try expect(json?.items) { records.append(try expect(VaultRecord(item))) }
        return records
    }

    /// What an answer of the interface always holds; if it does not, no vault sent it.
    func expect<Value>(_ value: Value?) throws(VaultClientError) -> Value {
        guard let value else { throw .unexpectedAnswer(status: 200) }
        return value
    }
}
