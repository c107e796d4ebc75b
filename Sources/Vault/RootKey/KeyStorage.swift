import Dispatch
public import KeyManagement
import Synchronization

/// The keyring's places, and the root key that seals what is written there.
public final class KeyStorage: Sendable {
    /// Where keyring and escrow lie, on this machine.
    public let keyrings: any KeyringStorage
    /// Where else they lie; a rotation is final once none of them holds an old key.
    public let replicas: [any KeyringStorage]
    private let state: Mutex<State>

    private struct State {
        var rootKey: RootKey
        /// The generation that each replica is known to hold; 0: nothing is known.
        var held: [UInt64]
    }

    /// Makes one of what opened the vault.
    public init(
        keyrings: any KeyringStorage, replicas: [any KeyringStorage] = [], rootKey: RootKey
    ) {
        self.keyrings = keyrings
        self.replicas = replicas
        state = Mutex(
            State(rootKey: rootKey, held: [UInt64](repeating: 0, count: replicas.count)))
    }

    /// The same with replicas.
    public func replicated(to replicas: [any KeyringStorage]) -> KeyStorage {
        KeyStorage(keyrings: keyrings, replicas: replicas, rootKey: rootKey)
    }

    /// The root key of now.
    public var rootKey: RootKey { state.withLock { $0.rootKey } }

    /// Takes another root key, once a keyring is sealed by it.
    func take(_ rootKey: RootKey) {
        state.withLock { $0.rootKey = rootKey }
    }

    /// Writes a keyring to every place, the replicas first, and reads it back.
    ///
    /// - Returns: The replicas that could not be reached; the keyring is then not written on this machine.
    /// - Throws: ``KeyError`` when this machine's place can't be written.
    func writeEverywhere(_ keyring: Keyring) throws(KeyError) -> [String] {
        let unreachable = writeReplicas(keyring)
        if unreachable.isEmpty { try keyrings.write(keyring, rootKey: rootKey) }
        return unreachable
    }

    /// Writes a keyring to every replica, and reads it back.
    ///
    /// - Returns: The replicas that could not be reached.
    func writeReplicas(_ keyring: Keyring) -> [String] {
        for place in replicas.indices { write(keyring, to: place) }
        return outOfReach(keyring)
    }

    /// Writes a keyring to the replicas that are not known to hold it. What lies there is not believed: a
    /// change that came to nothing may have left another keyring of the same generation.
    func catchUp(_ keyring: Keyring) {
        for place in replicas.indices where !isHeld(keyring, at: place) {
            write(keyring, to: place)
        }
    }

    /// The replicas that are not known to hold a keyring.
    func outOfReach(_ keyring: Keyring) -> [String] {
        replicas.indices.filter { !isHeld(keyring, at: $0) }.map { replicas[$0].name }
    }

    /// Whether a keyring's escrow lies on another file system too: what doesn't is lost with this one.
    func isElsewhere(_ keyring: Keyring) -> Bool {
        replicas.indices.contains { place in
            guard isHeld(keyring, at: place), let there = replicas[place].fileSystem else {
                return false
            }
            return there != keyrings.fileSystem
        }
    }

    private func isHeld(_ keyring: Keyring, at place: Int) -> Bool {
        state.withLock { $0.held[place] == keyring.generation }
    }

    private func write(_ keyring: Keyring, to place: Int) {
        let rootKey = rootKey
        state.withLock { $0.held[place] = 0 }
        do throws(KeyError) {
            try replicas[place].write(keyring, rootKey: rootKey)
            state.withLock { $0.held[place] = keyring.generation }
        } catch {
            // Named by ``outOfReach(_:)``, and tried again.
        }
    }

    /// Writes the key history to every place.
    ///
    /// - Returns: The replicas that could not be reached.
    /// - Throws: ``KeyError`` when this machine's place can't be written.
    func writeHistory(_ document: [UInt8]) throws(KeyError) -> [String] {
        try keyrings.writeHistory(document)
        var unreachable: [String] = []
        for replica in replicas {
            do throws(KeyError) {
                try replica.writeHistory(document)
            } catch {
                unreachable.append(replica.name)
            }
        }
        return unreachable
    }
}

extension RecordVault {
    /// How surely an overwritten keyring is gone.
    var keyringStrength: StorageStrength {
        configuration.keyStorage?.keyrings.strength ?? .unknown
    }

    /// Gives the replicas of the keyring that lack it what they lack, while no rotation and no other change of it
    /// is under way. It waits for their disks, on a thread of its own.
    public func catchUpKeyringReplicas() async {
        guard let storage = configuration.keyStorage, !storage.replicas.isEmpty,
            !storage.outOfReach(keyring).isEmpty, configuration.keyChanges.begin()
        else { return }
        defer { configuration.keyChanges.end() }
        guard !isRotationPending else { return }
        let keyring = keyring
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                storage.catchUp(keyring)
                continuation.resume()
            }
        }
    }
}
