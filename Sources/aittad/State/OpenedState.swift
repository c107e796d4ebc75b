import Cryptography
import KeyManagement
import SQLiteStore

/// Keyring, ledger and database of a vault, opened by whoever holds the root key and the lock.
struct OpenedState {
    let directory: StateDirectory
    let keyring: Keyring
    let ledger: Ledger
    let entries: [LedgerEntry]
    let store: SQLiteStore

    /// Opens what a state directory's note names.
    ///
    /// - Parameter isReadOnly: Leaves even a torn last ledger entry as it is.
    init(path: String, isReadOnly: Bool = false) throws {
        directory = try StateDirectory(path: path)
        let note = try directory.note()
        let rootKey = try RootKeyFile(path: note.keyFile).rootKey()
        let keys = KeyringDirectory(path: note.keyringDirectory)
        keyring = try keys.open(rootKey: rootKey, vault: note.vault)
        (ledger, entries) = try Ledger.open(
            at: keys.ledgerPath, keyring: keyring, isReadOnly: isReadOnly)
        store = try SQLiteStore.open(at: path)
    }
}

/// Prepares the process for keys: no core dumps, not dumpable, locked memory.
enum SecureProcess {
    static func start(requiresLockedMemory: Bool = true, limitBytes: Int = 64 << 20) throws {
        _ = try ProcessHardening.apply()
        try Sodium.start(
            lockedMemory: requiresLockedMemory ? .require : .permitUnlocked, limitBytes: limitBytes)
    }
}
