import ArgumentParser
import Catalogue
import Cryptography
import Glibc
import KeyManagement
import SQLiteStore
import Storage
import Vault
import Verification

/// Makes a vault anew on a bare machine, from both parts of a backup, escrow, ledger and recovery key.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restore a vault from a backup, into a new directory.",
        discussion: """
            Of both parts, those that they build on are found beside them. Their signatures are checked \
            against the public key before anything secret is read. What the ledger knows to be erased \
            stays erased. A restore that was interrupted is run again: what it left is removed first.
            """)

    @Option(help: ArgumentHelp("The records part.", valueName: "file"))
    var records: String

    @Option(help: ArgumentHelp("The keys part: the newest.", valueName: "file"))
    var keys: String

    @Option(help: ArgumentHelp("The escrow: the newest.", valueName: "file"))
    var escrow: String

    @Option(help: ArgumentHelp("The ledger: the newest.", valueName: "file"))
    var ledger: String

    @Option(
        help: ArgumentHelp(
            "A file (0600) with the recovery key; - asks for it, or reads standard input.",
            valueName: "file"))
    var recoveryKey: String

    @Option(
        help: ArgumentHelp(
            "The vault's public key, as init or the last deep rotation printed it.",
            valueName: "base64"))
    var publicKey: String

    @Option(
        help: ArgumentHelp(
            "The new state directory: not there yet, empty, or of an interrupted restore.",
            valueName: "dir"))
    var state: String

    @Option(
        help: ArgumentHelp("The settings, where they name a catalogue.", valueName: "file"))
    var config: String?

    @OptionGroup var rootKeyOptions: RootKeyOptions

    @Flag(help: "Take a keys part that is older than the last that the ledger knows.")
    var acceptOlderKeys = false

    @Option(help: ArgumentHelp("Why, as a code; for --accept-older-keys.", valueName: "code"))
    var reason: String?

    @Flag(
        help: """
            Let compartments count again that are older than their keys say. They are withheld as stale \
            else.
            """)
    var acceptStale = false

    func validate() throws {
        guard !acceptOlderKeys || reason != nil else {
            throw ValidationError("--accept-older-keys needs --reason")
        }
        if let reason, !ReasonCode.isValid(reason) {
            throw ValidationError("--reason takes 1 to 64 characters of a-z, 0-9 and -")
        }
    }

    func run() async throws {
        try SecureProcess.start()
        let catalogue = try await self.catalogue()
        let path = try absolute(state)
        try RestorePlace.check(path)
        guard let key = Base64.decode(publicKey).flatMap({ try? PublicKey($0) }) else {
            throw Failure(
                "the public key is not one",
                hint: "it is the base64 that `aittad init` or `aitta keys rotate --deep` printed")
        }
        let progress = RestoreProgress()
        // Nothing secret is read before all of this is known to be the vault's.
        let recordsChain = try RestoreChain(
            .records, path: try absolute(records), certificateKey: key)
        let keysChain = try RestoreChain(.keys, path: try absolute(keys), certificateKey: key)
        try recordsChain.verify(showing: progress.progress)
        try keysChain.verify(showing: progress.progress)
        let trusted = recordsChain.trustedKeys + keysChain.trustedKeys
        noteLaterKeys(trusted, than: key)
        let old = try openEscrow(expecting: trusted)
        let (_, entries) = try Ledger.open(
            at: try absolute(ledger), keyring: old, isReadOnly: true)
        try Restore.Refusal.check(
            records: recordsChain, keys: keysChain, keyring: old, entries: entries,
            acceptsOlderKeys: acceptOlderKeys)
        let made = try makeKeys(old, state: path)
        let store = try SQLiteStore.create(at: path)
        var restore = Restore(
            records: recordsChain, keys: keysChain, keyring: made.keyring, entries: entries,
            store: store, catalogue: catalogue, acceptsStale: acceptStale,
            progress: progress.progress)
        progress.start()
        _ = try await restore.fill()
        let report = try await restore.finish(made.ledger, reason: acceptOlderKeys ? reason : nil)
        progress.stop()
        try await openOnce(store, made, catalogue)
        try made.directory.write(
            StateDirectory.Note(
                vault: made.keyring.vault, rootKeySources: RootKeySources(current: made.source),
                keyringDirectory: made.keyrings.path, publicKey: publicKey))
        show(report, made)
    }

    private struct Made {
        let directory: StateDirectory
        let keyring: Keyring
        let keyrings: KeyringDirectory
        let ledger: Ledger
        let rootKey: RootKey
        let source: RootKeySource
    }

    /// What a former key proves, whoever it leaked to can make: parts, ledger and escrow too.
    private func noteLaterKeys(_ trusted: [PublicKey], than key: PublicKey) {
        guard trusted.contains(where: { $0 != key }) else { return }
        write(
            """
            note: the vault's keys were changed since the public key that was given
            hint: if they had leaked, whoever has them can forge all that this key proves: take the public key \
            that `aitta keys rotate --deep` printed

            """, to: STDERR_FILENO)
    }

    /// Anybody can seal an escrow to the recovery key: only the vault's own holds its signing key.
    private func openEscrow(expecting keys: [PublicKey]) throws -> Keyring {
        guard let file = readFile(try absolute(escrow), maximumCount: 64 << 10) else {
            throw Failure("can't read the escrow \(escrow)")
        }
        let keyring = try Escrow.open(file, recoveryKey: try RecoveryKeyText.read(recoveryKey))
        guard keyring.certificateKeys.contains(where: keys.contains) else {
            throw Failure(
                "the escrow is another vault's, or of another time than the public key",
                hint: "take the escrow and the public key of this vault")
        }
        return keyring
    }

    /// The same keys under a new root key: a keyring of the next generation, an escrow, and the ledger that
    /// goes on.
    private func makeKeys(_ old: Keyring, state: String) throws -> Made {
        let place = try RestorePlace.begin(at: state, rootKeyOptions)
        let (rootKey, source) = try rootKeyOptions.rootKey(in: place.keys)
        let keyring = old.renumbered(
            nowSeconds: SystemWallClock().nowMilliseconds / 1000, isRootKeyNew: true)
        let keyrings = KeyringDirectory(path: place.keys.keyringDirectory)
        try keyrings.restore(keyring, rootKey: rootKey, ledgerAt: try absolute(ledger))
        let (ledger, _) = try Ledger.open(at: keyrings.ledgerPath, keyring: keyring)
        return Made(
            directory: place.directory, keyring: keyring, keyrings: keyrings, ledger: ledger,
            rootKey: rootKey, source: source)
    }

    /// Opens the vault as the daemon would, which applies what is left in the ledger, before anybody is
    /// served.
    private func openOnce(
        _ store: SQLiteStore, _ made: Made, _ catalogue: Catalogue
    ) async throws {
        let (ledger, entries) = try Ledger.open(
            at: made.keyrings.ledgerPath, keyring: made.keyring)
        var configuration = VaultConfiguration(catalogue: catalogue)
        configuration.keyStorage = KeyStorage(keyrings: made.keyrings, rootKey: made.rootKey)
        let vault = try await RecordVault.open(
            store: store, keyring: made.keyring, ledger: ledger, entries: entries,
            configuration: configuration, clock: SystemWallClock()
        ) { _ in }
        await vault.shutDown()
    }

    private func catalogue() async throws -> Catalogue {
        guard let config else { return .shipped }
        let settings = try await Settings.load(file: try absolute(config), environment: [:])
        return try Catalogue.load(named: settings.catalogue)
    }

    private func show(_ report: Restore.Report, _ made: Made) {
        write(
            """
            vault         \(made.keyring.vault)
            records       \(report.records)
            erased        \(report.tombstones)
            certificates  \(report.certificates)
            log           \(report.logSize) entries
            keyring       generation \(made.keyring.generation), \(made.source.text)
            state         \(made.directory.path)

            """, to: STDOUT_FILENO)
        list("erased, the records part still has rows", report.erased)
        list("lost, the records part has no row", report.lost)
        list("lost, made after the keys part", report.newer)
        list(
            report.accepted.isEmpty ? "stale, withheld" : "stale, accepted",
            report.accepted.isEmpty ? report.stale : report.accepted)
        list("damaged", report.damaged)
        if report.isPolicyOlder {
            write(
                """
                The access policy is older than the ledger's: all grants but admin's are suspended.
                Look at `aitta grants list`, then confirm them: `aitta grants confirm`.

                """, to: STDOUT_FILENO)
        }
    }

    private func list(_ title: String, _ ids: [RecordID]) {
        guard !ids.isEmpty else { return }
        write("\(title): \(ids.count)\n", to: STDOUT_FILENO)
        for id in ids { write("  \(id)\n", to: STDOUT_FILENO) }
    }
}
