import Cryptography
import KeyManagement
import SQLiteStore
import Vault

/// A state directory whose lock is held, and where its keys are: they may wait for a passphrase.
struct LockedState {
    let directory: StateDirectory
    let note: StateDirectory.Note

    /// Takes the lock and reads the note.
    init(path: String) throws {
        directory = try StateDirectory(path: path)
        note = try directory.note()
    }

    /// Where keyring, escrow and ledger lie.
    var keys: KeyringDirectory { KeyringDirectory(path: note.keyringDirectory) }

    /// Opens everything.
    ///
    /// - Parameters:
    ///   - passphrase: What was given; `nil`: nothing yet.
    ///   - isReadOnly: Leaves even a torn last ledger entry as it is.
    /// - Throws: `KeyError` with `passphraseRequired` where nothing else is missing.
    func open(passphrase: Passphrase? = nil, isReadOnly: Bool = false) throws -> OpenedState {
        let opened = try note.rootKeySources.open(
            keys, vault: note.vault, passphrase: passphrase)
        let (ledger, entries) = try Ledger.open(
            at: keys.ledgerPath, keyring: opened.keyring, isReadOnly: isReadOnly)
        return OpenedState(
            directory: directory, source: opened.source, keyring: opened.keyring,
            keyStorage: KeyStorage(keyrings: keys, rootKey: opened.rootKey), ledger: ledger,
            entries: entries, store: try SQLiteStore.open(at: directory.path))
    }

    /// Finishes a change of the root key's source that a crash cut short: whichever source opened the
    /// keyring is the vault's.
    func settle(_ opened: OpenedState) throws {
        try keys.destroyLeftovers()
        guard note.rootKeySources != RootKeySources(current: opened.source) else { return }
        if opened.source == note.rootKeySources.pending, !opened.ledgerKnowsKeyring {
            try opened.ledger.append(
                [.keyringChanged(generation: opened.keyring.generation)],
                milliseconds: SystemWallClock().nowMilliseconds)
        }
        var settled = note
        settled.rootKeySources = RootKeySources(current: opened.source)
        try directory.write(settled)
    }
}

/// Keyring, ledger and database of a vault, opened by whoever holds the root key and the lock.
struct OpenedState {
    let directory: StateDirectory
    let source: RootKeySource
    let keyring: Keyring
    let keyStorage: KeyStorage
    let ledger: Ledger
    let entries: [LedgerEntry]
    let store: SQLiteStore

    /// Whether the last change of the keyring got as far as the ledger.
    fileprivate var ledgerKnowsKeyring: Bool {
        entries.contains { $0.event == .keyringChanged(generation: keyring.generation) }
    }

    /// Opens what a state directory's note names, and asks for the passphrase where one is needed.
    static func asking(path: String, isReadOnly: Bool = false) throws -> OpenedState {
        let locked = try LockedState(path: path)
        do {
            return try locked.open(isReadOnly: isReadOnly)
        } catch let error as KeyError where error.code == .passphraseRequired {
            return try locked.open(passphrase: PassphrasePrompt.ask(), isReadOnly: isReadOnly)
        }
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
