import Cryptography

extension AccessPolicy {
    /// A vault keeps no more tokens than this.
    static let maximumTokens = 1000

    /// The token of a name.
    public func token(named name: String) -> AccessToken? {
        tokens.first { $0.name == name }
    }

    /// The next version, with one token more.
    func adding(_ token: AccessToken) -> AccessPolicy {
        next(tokens: tokens + [token])
    }

    /// The next version, without a token and the grants that name it.
    func removing(tokenNamed name: String) -> AccessPolicy {
        next(
            grants: grants.filter { $0.principal != .token(name) },
            tokens: tokens.filter { $0.name != name })
    }

    /// Whether a grant to a principal is a caller's in this request: its token's and nothing else
    /// where it presented one.
    func applies(_ principal: Principal, to caller: Caller, atSeconds now: Int64) -> Bool {
        guard let presented = caller.token else { return principal.includes(caller) }
        guard principal == .token(presented.name), let token = token(named: presented.name) else {
            return false
        }
        return token.id == presented.id && token.uids.contains(caller.uid)
            && token.isActive(at: now)
    }

    /// Whether a grant to a principal is within a caller's reach: its own, its groups', or that of any
    /// token that it may present.
    func isWithinReach(_ principal: Principal, of caller: Caller) -> Bool {
        Reach(of: caller, tokens: tokens).includes(principal)
    }

    /// The principals that a caller is or may be. Tokens are looked through once, however many grants
    /// are held against it.
    struct Reach {
        private let caller: Caller
        private let tokens: Set<String>

        init(of caller: Caller, tokens: [AccessToken]) {
            self.caller = caller
            self.tokens = Set(tokens.filter { $0.uids.contains(caller.uid) }.map(\.name))
        }

        func includes(_ principal: Principal) -> Bool {
            if case .token(let name) = principal { return tokens.contains(name) }
            return principal.includes(caller)
        }
    }
}
