import NIOCore
import NIOHTTP1
public import StrictJSON
public import VaultAPI

extension VaultClient {
    /// State of the vault: counts and strengths, no personal data.
    public func status() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.status))
    }

    /// What the daemon measures, as Prometheus' text.
    public func metrics() async throws(VaultClientError) -> String {
        String(buffer: try await answer(.get(APIPath.metrics)).body)
    }

    /// Fails with `not_ready` where the vault does not serve.
    public func checkReadiness() async throws(VaultClientError) {
        _ = try await answer(.get(APIPath.ready))
    }

    /// The vault's public keys.
    public func publicKeys() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.keys))
    }

    /// How the vault's signing keys followed each other (docs/FORMAT.md, "Key history").
    public func keyHistory() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.keyHistory))
    }

    /// Roles and what they allow.
    public func roles() async throws(VaultClientError) -> Page {
        try await page(APIPath.roles, after: nil, limit: nil)
    }

    /// A role and its earlier versions: `{"role","former"}`.
    public func role(_ name: String) async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.role(PercentEncoding.encode(name))))
    }

    /// Sets a role, or only shows what that would open and close.
    ///
    /// - Parameter setting: `{"kind","permissions","reason"}` (docs/openapi.yaml, RoleSetting).
    /// - Returns: `{"opens","closes","principals"}`, and `version` when it was set.
    public func setRole(
        _ name: String, _ setting: JSONValue, isPreview: Bool = false
    ) async throws(VaultClientError) -> JSONValue {
        let path = APIPath.role(PercentEncoding.encode(name)) + (isPreview ? "?preview=true" : "")
        return try await json(
            Exchange(method: .PUT, path: path, body: setting.encoded(), isRepeatable: isPreview))
    }

    /// Deletes a role that no grant names.
    public func deleteRole(_ name: String) async throws(VaultClientError) -> JSONValue {
        let path = APIPath.role(PercentEncoding.encode(name))
        return try await json(Exchange(method: .DELETE, path: path, isRepeatable: false))
    }

    /// Who has which role.
    public func grants() async throws(VaultClientError) -> Page {
        try await page(APIPath.grants, after: nil, limit: nil)
    }

    /// Says whether something is allowed now, and by which rule.
    ///
    /// - Parameter query: `principal`, and `operation`, `field`, `purpose`, `record` as needed.
    /// - Returns: `{"allowed","refusal","view","rules"}`.
    public func explainAccess(
        _ query: [(name: String, value: String)]
    ) async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.grantExplanation, query: query))
    }

    /// Grants a role.
    ///
    /// - Parameters:
    ///   - principal: `user:NAME`, `uid:N`, `group:NAME`, `gid:N` or `token:NAME`.
    ///   - reason: a code.
    ///   - from: RFC 3339, UTC.
    ///   - until: RFC 3339, UTC.
    ///   - budgets: `{"recordsPerHour","searchesPerHour","erasuresPerHour"}`, where they differ from the role's.
    /// - Returns: `{"id","version"}`.
    public func addGrant(
        principal: String, role: String, reason: String, from: String? = nil,
        until: String? = nil, budgets: JSONValue? = nil
    ) async throws(VaultClientError) -> JSONValue {
        var members = [
            JSONMember("principal", .string(principal)), JSONMember("role", .string(role)),
            JSONMember("reason", .string(reason)),
        ]
        if let from { members.append(.init("from", .string(from))) }
        if let until { members.append(.init("until", .string(until))) }
        if let budgets { members.append(.init("budgets", budgets)) }
        return try await json(
            Exchange(
                method: .POST, path: APIPath.grants, body: JSONValue.object(members).encoded(),
                isRepeatable: false))
    }

    /// Ends a grant at once.
    public func revokeGrant(_ id: String) async throws(VaultClientError) -> JSONValue {
        let path = APIPath.grant(PercentEncoding.encode(id))
        return try await json(Exchange(method: .DELETE, path: path, isRepeatable: false))
    }

    /// All tokens, without their secrets.
    public func tokens() async throws(VaultClientError) -> Page {
        try await page(APIPath.tokens, after: nil, limit: nil)
    }

    /// Makes a token, which may nothing until it is granted a role.
    ///
    /// - Parameters:
    ///   - name: what grants call it, `token:NAME`.
    ///   - users: who may present it: `user:NAME` or `uid:N`.
    ///   - reason: a code.
    ///   - until: RFC 3339, UTC.
    /// - Returns: `{"name","token","version"}`; the token is shown this once.
    public func addToken(
        name: String, users: [String], reason: String, until: String? = nil
    ) async throws(VaultClientError) -> JSONValue {
        var members = [
            JSONMember("name", .string(name)),
            JSONMember("users", .array(users.map(JSONValue.string))),
            JSONMember("reason", .string(reason)),
        ]
        if let until { members.append(.init("until", .string(until))) }
        return try await json(
            Exchange(
                method: .POST, path: APIPath.tokens, body: JSONValue.object(members).encoded(),
                isRepeatable: false))
    }

    /// Ends a token and the grants to it at once.
    public func revokeToken(_ name: String) async throws(VaultClientError) -> JSONValue {
        let path = APIPath.token(PercentEncoding.encode(name))
        return try await json(Exchange(method: .DELETE, path: path, isRepeatable: false))
    }

    /// Entries of the audit log, oldest first, a page at a time.
    public func auditEntries(
        after: String? = nil, limit: Int = APILimits.listItemsDefault
    ) async throws(VaultClientError) -> Page {
        try await page(APIPath.auditEntries, after: after, limit: limit)
    }

    /// The log's latest checkpoint.
    ///
    /// - Returns: `{"size","root","note","verifierKey"}`: the signed note as text, and the key that
    ///   it verifies by, which whoever verifies should have from elsewhere.
    public func auditCheckpoint() async throws(VaultClientError) -> JSONValue {
        try await json(.get(APIPath.auditCheckpoint))
    }

    /// The proof that an entry is in the log.
    ///
    /// - Parameters:
    ///   - number: the entry's, from 1; its leaf's index is one less.
    ///   - size: of the tree in which it is; nil for that of the latest checkpoint.
    /// - Returns: `{"number","size","leafHash","hashes"}`.
    public func inclusionProof(
        number: UInt64, size: UInt64? = nil
    ) async throws(VaultClientError) -> JSONValue {
        var query = [(name: "number", value: String(number))]
        if let size { query.append(("size", String(size))) }
        return try await json(.get(APIPath.auditProof, query: query))
    }

    /// The proof that the log only grew.
    ///
    /// - Parameters:
    ///   - from: a size that the log had, at least 1.
    ///   - to: a later size; nil for that of the latest checkpoint.
    /// - Returns: `{"from","to","hashes"}`.
    public func consistencyProof(
        from: UInt64, to: UInt64? = nil
    ) async throws(VaultClientError) -> JSONValue {
        var query = [(name: "from", value: String(from))]
        if let to { query.append(("to", String(to))) }
        return try await json(.get(APIPath.auditProof, query: query))
    }
}
