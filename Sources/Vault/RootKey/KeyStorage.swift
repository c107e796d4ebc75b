public import KeyManagement
import Synchronization

/// The keyring's place, and the root key that seals what is written there.
public final class KeyStorage: Sendable {
    /// Where keyring and escrow lie.
    public let keyrings: any KeyringStorage
    private let currentRootKey: Mutex<RootKey>

    /// Makes one of what opened the vault.
    public init(keyrings: any KeyringStorage, rootKey: RootKey) {
        self.keyrings = keyrings
        currentRootKey = Mutex(rootKey)
    }

    /// The root key of now.
    public var rootKey: RootKey { currentRootKey.withLock { $0 } }

    /// Takes another root key, once a keyring is sealed by it.
    func take(_ rootKey: RootKey) {
        currentRootKey.withLock { $0 = rootKey }
    }
}

extension RecordVault {
    /// How surely an overwritten keyring is gone.
    var keyringStrength: StorageStrength {
        configuration.keyStorage?.keyrings.strength ?? .unknown
    }
}
