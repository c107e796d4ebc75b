public import Vault

/// Opens a vault that waits for its passphrase.
public protocol VaultUnsealing: Sendable {
    /// Opens the vault, off the event loops. The server calls it for one caller at a time, and never again
    /// once it has returned.
    func unseal(_ passphrase: PresentedPassphrase) async throws(UnsealingFailure) -> RecordVault
}

/// Why a vault stays closed.
public enum UnsealingFailure: Error, Sendable, Equatable {
    /// Another passphrase may open it.
    case wrongPassphrase
    /// None will, before somebody has done something: a stable code.
    case broken(code: String)
}
