import Vault

/// Tells who a caller is under a token.
protocol TokenIdentifying: Sendable {
    /// - Parameter token: `nil` for what is no token.
    /// - Throws: an error for any token that the caller may not present.
    func identify(
        _ token: PresentedToken?, _ request: AccessRequest
    ) async throws(VaultError) -> Caller
}

extension RecordVault: TokenIdentifying {}
