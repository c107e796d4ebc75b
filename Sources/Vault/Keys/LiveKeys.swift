import KeyManagement
import Storage
import Synchronization

/// The keys that the vault works with now. A rotation puts others in their place between two commits; what
/// was sealed under the ones before is refused then and sealed anew (see ``KeyUse``).
final class LiveKeys: Sendable {
    struct Version: Sendable {
        let keyring: Keyring
        let vaultBox: VaultBox
        /// Counts the changes since the start.
        let number: UInt64
    }

    private let state: Mutex<Version>

    init(keyring: Keyring, vaultBox: VaultBox) {
        state = Mutex(Version(keyring: keyring, vaultBox: vaultBox, number: 0))
    }

    var current: Version { state.withLock { $0 } }

    /// Puts a new keyring in force; for whoever commits, between two groups.
    func adopt(_ keyring: Keyring) {
        state.withLock {
            $0 = Version(keyring: keyring, vaultBox: $0.vaultBox, number: $0.number + 1)
        }
    }

    /// Takes the same keys under another generation: what was prepared with them stays in force.
    func renumber(_ keyring: Keyring) {
        state.withLock {
            $0 = Version(keyring: keyring, vaultBox: $0.vaultBox, number: $0.number)
        }
    }

    /// Puts a new vault-level box in force; for whoever commits, between two groups.
    func adopt(_ vaultBox: VaultBox) {
        state.withLock {
            $0 = Version(keyring: $0.keyring, vaultBox: vaultBox, number: $0.number + 1)
        }
    }
}

/// Under which keys a commit was prepared. It is committed under no others: an index entry would be missing
/// from the index that a rotation makes, a box be sealed under a segment key that is no more.
struct KeyUse: Sendable {
    /// Of ``LiveKeys/Version``, taken before anything was sealed or looked up.
    let version: UInt64
    /// The segment whose key sealed a box, and the key's generation.
    var segment: SegmentUse?

    struct SegmentUse: Sendable {
        let id: SegmentID
        let generation: UInt64
    }

    func sealing(under key: SegmentKey) -> KeyUse {
        KeyUse(
            version: version, segment: SegmentUse(id: key.id, generation: key.generation))
    }
}

extension RecordVault {
    var keyring: Keyring { keys.current.keyring }
    var vaultBox: VaultBox { keys.current.vaultBox }

    /// To be taken before the keys are used.
    var keyUse: KeyUse { KeyUse(version: keys.current.number) }
}
