import ArgumentParser
import Cryptography
import Glibc
import KeyManagement
import SQLiteStore
import Storage
import Vault

/// Gives a vault whose root key is lost a new one: the escrow and the recovery key open the same keys.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Put a vault whose root key is lost under a new one, by its recovery key.",
        discussion: """
            For a machine that still has its database and its ledger, while no daemon runs. The keyring is \
            sealed by a new root key, as the next generation: a new key file in the key directory unless \
            another source is named. Without a database: `aittad restore`.
            """)

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @Option(
        help: ArgumentHelp(
            "A file (0600) with the recovery key; - asks for it, or reads standard input.",
            valueName: "file"))
    var recoveryKey: String

    @Option(
        help: ArgumentHelp(
            "The escrow: the newest. Default: the one beside the keyring.", valueName: "file"))
    var escrow: String?

    @OptionGroup(title: "Root key") var source: NewRootKeyOptions

    @OptionGroup var replicaOptions: ReplicaOptions

    func run() async throws {
        try SecureProcess.start()
        let replicas = try await replicaOptions.replicas()
        let locked = try LockedState(path: try absolute(state))
        let old = try openEscrow(of: locked)
        let (ledger, entries) = try Ledger.open(at: locked.keys.ledgerPath, keyring: old)
        if let generation = entries.lastKeyringGeneration, generation > old.generation {
            throw Failure(
                "the escrow is of generation \(old.generation); the ledger knows \(generation)",
                hint: "take the newest escrow, from a replica or the other machine: --escrow FILE")
        }
        let store = try SQLiteStore.open(at: locked.directory.path)
        let clock = SystemWallClock()
        let keyring = old.renumbered(
            nowSeconds: clock.nowMilliseconds / 1000, isRootKeyNew: true)
        let new = try source.newRootKey(forGeneration: keyring.generation)
        let made = try locked.keys.source(of: new, forGeneration: keyring.generation)
        var note = locked.note
        try clear(made, announced: note.rootKeySources.pending)
        // From here on a start tries both, whatever ends this.
        note.rootKeySources = RootKeySources(current: present(locked), pending: made)
        try locked.directory.write(note)
        let (rootKey, _) = try locked.keys.make(new, forGeneration: keyring.generation)
        let unreachable = try await RecordVault.replaceKeyringOffline(
            with: keyring,
            in: KeyStorage(keyrings: locked.keys, replicas: replicas, rootKey: rootKey),
            store: store, ledger: ledger, operation: "recover-root-key", clock: clock)
        await store.close()
        try ReplicaOptions.check(unreachable)
        note.rootKeySources = RootKeySources(current: made)
        try locked.directory.write(note)
        write(
            """
            keyring       generation \(keyring.generation), \(made.text)
            Copy the escrow to the other machine, over the one before it.

            """, to: STDOUT_FILENO)
    }

    /// Where the root key comes from now, as far as that can be told: after a run that was interrupted it
    /// may be what that one announced.
    private func present(_ locked: LockedState) -> RootKeySource {
        let sources = locked.note.rootKeySources
        if let opened = try? sources.open(locked.keys, vault: locked.note.vault) {
            return opened.source
        }
        if let pending = sources.pending, pending.needsPassphrase { return pending }
        return sources.current
    }

    /// A file that a run which was interrupted had announced is its own; any other stays.
    private func clear(_ made: RootKeySource, announced: RootKeySource?) throws {
        let path: String
        switch made {
        case .credential: return
        case .keyFile(let file), .passphrase(let file): path = file
        }
        if made == announced { return try KeyringDirectory.destroy([path]) }
        guard access(path, F_OK) != 0 else { throw KeyError(.alreadyThere, at: path) }
    }

    private func openEscrow(of locked: LockedState) throws -> Keyring {
        let file =
            try escrow.map { try readFile(absolute($0), maximumCount: 64 << 10) }
            ?? locked.keys.escrow()
        guard let file else {
            throw Failure(
                "there is no escrow \(escrow ?? "beside the keyring")",
                hint: "take the newest, from a replica or the other machine: --escrow FILE")
        }
        let keyring = try Escrow.open(file, recoveryKey: RecoveryKeyText.read(recoveryKey))
        guard keyring.vault == locked.note.vault else {
            throw Failure(
                "the escrow is of vault \(keyring.vault), the state directory of "
                    + locked.note.vault.description, hint: "take this vault's escrow")
        }
        return keyring
    }
}

/// Where a vault's next root key comes from.
struct NewRootKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A new key file in the key directory. Default: root-GENERATION.key.", valueName: "name")
    )
    var keyFile: String?

    @Flag(help: "Derive the root key from a passphrase, asked for twice on the terminal.")
    var passphrase = false

    @Option(
        help: ArgumentHelp(
            "As --passphrase, but read it from a file (0600), or with - from standard input.",
            valueName: "file"))
    var passphraseFile: String?

    @Option(help: ArgumentHelp("Take it from a systemd credential.", valueName: "name"))
    var credential: String?

    func validate() throws {
        let named = [keyFile != nil, passphrase, passphraseFile != nil, credential != nil]
        guard named.count(where: { $0 }) <= 1 else {
            throw ValidationError(
                "--key-file, --passphrase, --passphrase-file and --credential exclude each other")
        }
    }

    func newRootKey(forGeneration generation: UInt64) throws -> NewRootKey {
        if let credential { return .credential(name: credential) }
        if passphrase || passphraseFile != nil {
            return .passphrase(
                try passphraseFile.map(PassphrasePrompt.readNew) ?? PassphrasePrompt.askForNew())
        }
        return .keyFile(path: keyFile ?? "root-\(generation).key")
    }
}
