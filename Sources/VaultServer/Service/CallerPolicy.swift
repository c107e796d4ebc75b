import Vault

/// What the server asks of the vault before a route is looked for.
protocol CallerPolicy: Sendable {
    /// Tells who a caller is under a token.
    ///
    /// - Parameter token: `nil` for what is no token.
    /// - Throws: an error for any token that the caller may not present.
    func identify(
        _ token: PresentedToken?, _ request: AccessRequest
    ) async throws(VaultError) -> Caller
    /// Whether a caller holds no grant at all.
    func isStranger(_ caller: Caller) -> Bool
    /// Counts a request of such a caller that was refused.
    func countRefusal(of caller: Caller)
}

extension RecordVault: CallerPolicy {}
