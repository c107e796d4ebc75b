public import KeyManagement
import Synchronization

/// The keyring's places, and the root key that seals what is written there.
public final class KeyStorage: Sendable {
    /// Where keyring and escrow lie, on this machine.
    public let keyrings: any KeyringStorage
    /// Where else they lie; a rotation is final once none of them holds an old key.
    public let replicas: [any KeyringStorage]
    private let currentRootKey: Mutex<RootKey>

    /// Makes one of what opened the vault.
    public init(
        keyrings: any KeyringStorage, replicas: [any KeyringStorage] = [], rootKey: RootKey
    ) {
        self.keyrings = keyrings
        self.replicas = replicas
        currentRootKey = Mutex(rootKey)
    }

    /// The same with replicas.
    public func replicated(to replicas: [any KeyringStorage]) -> KeyStorage {
        KeyStorage(keyrings: keyrings, replicas: replicas, rootKey: rootKey)
    }

    /// The root key of now.
    public var rootKey: RootKey { currentRootKey.withLock { $0 } }

    /// Takes another root key, once a keyring is sealed by it.
    func take(_ rootKey: RootKey) {
        currentRootKey.withLock { $0 = rootKey }
    }

    /// Writes a keyring to every place, the replicas first, and reads it back.
    ///
    /// - Returns: The replicas that could not be reached; the keyring is then not written on this machine.
    /// - Throws: ``KeyError`` when this machine's place can't be written.
    func writeEverywhere(_ keyring: Keyring) throws(KeyError) -> [String] {
        let rootKey = rootKey
        var unreachable: [String] = []
        for replica in replicas {
            do throws(KeyError) {
                try replica.write(keyring, rootKey: rootKey)
            } catch {
                unreachable.append(replica.name)
            }
        }
        if unreachable.isEmpty { try keyrings.write(keyring, rootKey: rootKey) }
        return unreachable
    }
}

extension RecordVault {
    /// How surely an overwritten keyring is gone.
    var keyringStrength: StorageStrength {
        configuration.keyStorage?.keyrings.strength ?? .unknown
    }
}
