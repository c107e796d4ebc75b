import Catalogue
import Cryptography
import KeyManagement
import Storage
public import StrictJSON

extension RecordVault {
    /// The caller under the token that it presented.
    ///
    /// - Parameter presented: `nil` for what is no token.
    /// - Throws: ``VaultError/Code/badToken`` for a token that is not known, has ended or is another
    ///   user's, all alike, once the refusal is in the audit log; that of a known token names it.
    public func identify(
        _ presented: PresentedToken?, _ request: AccessRequest
    ) async throws(VaultError) -> Caller {
        try checkReadiness()
        let known = try presented.flatMap { presented throws(VaultError) in
            try token(of: presented)
        }
        if let known, known.isActive(at: clock.nowSeconds),
            known.uids.contains(request.caller.uid), request.caller.uid != Caller.overflowID
        {
            return request.caller.presenting(CallerToken(name: known.name, id: known.id))
        }
        try await recordRefusal(ofToken: known?.name, request)
        throw VaultError(.badToken)
    }

    /// The tokens, expired ones included; nothing of their secrets.
    public func tokens(
        _ proof: Authorized<ManageTokens>
    ) async throws(VaultError) -> [AccessToken] {
        try await answering(proof) { proof, sequence throws(VaultError) in
            (self.authoriser.policy.tokens, [AuditRecord(proof)])
        }
    }

    /// Makes a token, which may nothing until it is granted a role.
    ///
    /// - Parameter body: As in docs/openapi.yaml, TokenCreation.
    /// - Returns: The token with its secret, to be shown this once: only a keyed hash is kept.
    /// - Throws: ``VaultError/Code/conflict`` when there is one of the name.
    public func addToken(
        _ proof: Authorized<ManageTokens>, _ body: JSONValue
    ) async throws(VaultError) -> MadeToken {
        let request = try TokenRequest(body)
        let now = clock.nowSeconds
        if let until = request.until, until <= now {
            throw VaultError(.invalidValue, pointer: "/until", .date)
        }
        let secret = try newSecret()
        let token = AccessToken(
            id: try nextID().description, name: request.name, uids: request.uids,
            reason: request.reason, createdBy: proof.caller.principalText,
            createdAtSeconds: now, untilSeconds: request.until,
            hash: secret.digest)
        let digest = secret.digest
        let version = try await changePolicy(proof, reason: request.reason) {
            policy throws(VaultError) in
            guard policy.token(named: token.name) == nil else {
                throw VaultError(.conflict, detail: "there is a token of this name")
            }
            guard policy.tokens.count < AccessPolicy.maximumTokens else {
                throw VaultError(.conflict, detail: "there are too many tokens")
            }
            return policy.adding(try hashed(token, digest, under: policy))
        }
        return MadeToken(token: token, version: version, secret: secret)
    }

    /// Revokes a token, and the grants to it; nothing is answered under it once this returns.
    public func revokeToken(
        _ proof: Authorized<ManageTokens>, named name: String
    ) async throws(VaultError) -> UInt64 {
        try await changePolicy(proof, reason: nil) { policy throws(VaultError) in
            guard policy.token(named: name) != nil else { throw VaultError(.unknownToken) }
            let next = policy.removing(tokenNamed: name)
            guard next.hasAdmin(atSeconds: clock.nowSeconds) else {
                throw VaultError(.conflict, detail: "the last admin can't be removed")
            }
            return next
        }
    }

    /// Who stands for a principal where what it may is asked: a user with the groups given, one that
    /// may present the token, or somebody of whom nothing is known but the group.
    public func caller(
        standingFor principal: Principal, groups: (UInt32) async -> [UInt32]
    ) async -> Caller {
        switch principal {
        case .user(let id):
            let groups = await groups(id)
            return Caller(
                uid: id, gid: groups.first ?? id, groups: groups, userName: nil, pid: 0)
        case .group(let id):
            return Caller(uid: .max, gid: id, groups: [id], userName: nil, pid: 0)
        case .token(let name):
            guard let token = authoriser.policy.token(named: name), let uid = token.uids.first
            else { return Caller(uid: .max, gid: .max, groups: [], userName: nil, pid: 0) }
            return await caller(standingFor: .user(uid), groups: groups)
                .presenting(CallerToken(name: name, id: token.id))
        }
    }

    private func newSecret() throws(VaultError) -> TokenSecret {
        do throws(CryptographyError) {
            return try TokenSecret()
        } catch {
            throw VaultError(.notReady, detail: "no memory for a token")
        }
    }

    /// The token that a secret is of; `nil` for none.
    private func token(of presented: PresentedToken) throws(VaultError) -> AccessToken? {
        do throws(KeyError) {
            return try authoriser.policy.hashes(of: presented.digest, keyring: keyring).lazy
                .compactMap { self.authoriser.token(hashed: $0) }.first
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    private func hashed(
        _ token: AccessToken, _ digest: Digest32, under policy: AccessPolicy
    ) throws(VaultError) -> AccessToken {
        do throws(KeyError) {
            return token.hashed(
                try policy.hash(ofNewToken: digest, keyring: keyring),
                firstKey: policy.tokenHashing.retired.count)
        } catch {
            throw VaultError(.notReady, detail: error.description)
        }
    }

    private func recordRefusal(
        ofToken name: String?, _ request: AccessRequest
    ) async throws(VaultError) {
        var entry = AuditRecord(
            caller: request.caller, requestID: request.requestID,
            purpose: knownPurpose(request.purpose), operation: "present-token")
        entry.refusedToken = name
        try await recordRefusal(entry, VaultError(.badToken))
    }
}

/// A token that was made: its secret is there this once.
public struct MadeToken: ~Copyable, Sendable {
    /// The token, without its secret.
    public let token: AccessToken
    /// The policy's version.
    public let version: UInt64
    private let secret: TokenSecret

    init(token: AccessToken, version: UInt64, secret: consuming TokenSecret) {
        self.token = token
        self.version = version
        self.secret = secret
    }

    /// Writes what whoever presents it must have, as a JSON string, into the one answer that shows it.
    ///
    /// - Throws: ``VaultError/Code/notReady`` when there is no memory for it.
    public func writeSecret(to writer: inout JSONWriter) throws(VaultError) {
        do throws(CryptographyError) {
            var json = try secret.json()
            defer { Wiping.wipe(&json) }
            writer.fragment(json[...])
        } catch {
            throw VaultError(.notReady, detail: "no memory for a token")
        }
    }
}

extension TokenSecret {
    /// The text in quotes.
    fileprivate func json() throws(CryptographyError) -> [UInt8] {
        let digits = try digits()
        var json: [UInt8] = []
        json.reserveCapacity(Self.textCount + 2)
        json.append(UInt8(ascii: "\""))
        json += Self.prefix.utf8
        digits.withUnsafeBytes { json += $0 }
        json.append(UInt8(ascii: "\""))
        return json
    }
}
