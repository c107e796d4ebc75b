import Catalogue
import Cryptography
import Synchronization

/// Proof that a caller may carry out an operation for a purpose, under one version of the policy.
///
/// Only ``Authoriser`` can make one, so an operation on the vault can't be reached unchecked. The
/// commit that records the operation rechecks the policy version.
public struct Authorized<Operation: VaultOperation>: Sendable {
    /// Who asks.
    public let caller: Caller
    /// The id of the request.
    public let requestID: String
    let purpose: Purpose?
    let policyVersion: UInt64
    let scope: Scope

    fileprivate init(
        request: AccessRequest, purpose: Purpose?, policyVersion: UInt64, scope: Scope
    ) {
        caller = request.caller
        requestID = request.requestID
        self.purpose = purpose
        self.policyVersion = policyVersion
        self.scope = scope
    }

    /// For whom the caller's budgets are counted.
    var budgetPrincipal: BudgetPrincipal { scope.budgetPrincipal }
    /// How many distinct records the caller may touch in an hour.
    var recordsPerHour: Budgets.Limit { scope.recordsPerHour }
    /// How many searches the caller may make in an hour.
    var searchesPerHour: Budgets.Limit { scope.searchesPerHour }
    /// How many operations that destroy keys the caller may carry out in an hour.
    var erasuresPerHour: Budgets.Limit { scope.erasuresPerHour }

    /// How the operation may see a field; `nil`: not at all.
    func view(of field: String) -> View? {
        scope.view(of: field, for: Operation.kind)
    }
}

/// Decides who may do what. Deny by default: what no grant allows is refused.
final class Authoriser: Sendable {
    private let catalogue: Catalogue
    private let clock: any WallClock
    private let state: Mutex<State>

    private struct State {
        var policy: AccessPolicy
        var scopes: [ScopeKey: Scope] = [:]
        /// By the keyed hash of the secret.
        let tokens: [Digest32: AccessToken]
        let namedUIDs: Set<UInt32>

        init(policy: AccessPolicy) {
            self.policy = policy
            namedUIDs = policy.namedUIDs
            tokens = Dictionary(policy.tokens.map { ($0.hash, $0) }) { first, _ in first }
        }
    }

    private struct ScopeKey: Hashable {
        let uid: UInt32
        let gid: UInt32
        let groups: [UInt32]
        let purpose: String?
        let token: String?
        let hasName: Bool
    }

    private static let maximumCachedScopes = 4096

    init(policy: AccessPolicy, catalogue: Catalogue, clock: any WallClock) {
        self.catalogue = catalogue
        self.clock = clock
        state = Mutex(State(policy: policy))
    }

    var policy: AccessPolicy { state.withLock { $0.policy } }

    /// Puts a new version of the policy in force.
    func adopt(_ policy: AccessPolicy) {
        state.withLock { $0 = State(policy: policy) }
    }

    /// The token of a keyed hash.
    func token(hashed hash: Digest32) -> AccessToken? {
        state.withLock { $0.tokens[hash] }
    }

    func authorize<Operation: VaultOperation>(
        _ operation: Operation.Type, _ request: AccessRequest
    ) throws(VaultError) -> Authorized<Operation> {
        var purpose: Purpose?
        if Operation.kind.concernsPersonalData {
            guard let name = request.purpose else { throw VaultError(.purposeRequired) }
            purpose = catalogue.purpose(named: name)
            guard purpose != nil else { throw VaultError(.notGranted) }
        }
        let (scope, version) = scope(for: request.caller, purpose: purpose?.name)
        guard scope.allows(Operation.kind) else { throw VaultError(.notGranted) }
        return Authorized(
            request: request, purpose: purpose, policyVersion: version, scope: scope)
    }

    /// Whether a caller holds any role now.
    func hasAnyGrant(_ caller: Caller) -> Bool {
        scope(for: caller, purpose: nil).0.hasRoles
    }

    /// Proof for what the ledger already ordered; made at start, before anybody is served.
    func settlementProof(requestID: String) -> Authorized<EraseRecord> {
        let everything = Role(
            name: "settlement", kind: .data,
            permissions: [Permission([.erase], on: .all, for: ["settlement"])])
        return Authorized(
            request: AccessRequest(caller: .current, purpose: nil, requestID: requestID),
            purpose: nil, policyVersion: policy.version,
            scope: Scope(
                roles: [everything], purpose: "settlement", catalogue: catalogue,
                validUntilSeconds: nil))
    }

    private func scope(for caller: Caller, purpose: String?) -> (Scope, UInt64) {
        let now = clock.nowSeconds
        let key = ScopeKey(
            uid: caller.uid, gid: caller.gid, groups: caller.groups, purpose: purpose,
            token: caller.token?.id, hasName: caller.userName != nil)
        return state.withLock { state in
            if let scope = state.scopes[key], now < scope.validUntilSeconds ?? .max {
                return (scope, state.policy.version)
            }
            let scope = Scope(
                roles: state.policy.roles(of: caller, atSeconds: now), purpose: purpose,
                catalogue: catalogue,
                validUntilSeconds: state.policy.nextChange(for: caller, afterSeconds: now),
                budgetPrincipal: BudgetPrincipal(
                    token: caller.token?.name, uid: caller.uid,
                    isNamed: key.hasName || state.namedUIDs.contains(caller.uid)),
                limits: state.policy.budgetLimits(of: caller, purpose: purpose, atSeconds: now))
            if state.scopes.count >= Self.maximumCachedScopes { state.scopes.removeAll() }
            state.scopes[key] = scope
            return (scope, state.policy.version)
        }
    }
}
