import ArgumentParser
import Catalogue
import Cryptography
import Glibc
import KeyManagement
import SQLiteStore
import Storage
import Vault
import Verification

/// Makes a vault: state directory, root key, keyring, escrow, ledger, database, first grants.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a vault.",
        discussion: """
            The recovery key is shown once, or written to --recovery-key-out: print it and put it into \
            a safe. With it and the escrow a vault opens again when its root key is lost.
            """)

    @Option(help: ArgumentHelp("Where the database goes.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @OptionGroup(title: "Root key") var rootKeyOptions: RootKeyOptions

    @Option(
        help: ArgumentHelp(
            "Write the recovery key there (0600) instead of showing it.", valueName: "file"))
    var recoveryKeyOut: String?

    @Option(
        name: .customLong("grant"),
        help: ArgumentHelp(
            """
            Grant a role, such as user:maija=dpo or uid:33=checkout,records-per-hour=5000 (also \
            searches-per-hour, erasures-per-hour, and unlimited). Repeatable.
            """,
            valueName: "principal=role"))
    var grants: [GrantArgument] = []

    func run() async throws {
        try SecureProcess.start()
        let directory = try StateDirectory.create(at: try absolute(state))
        let keys = try rootKeyOptions.directory(for: directory.path)
        let (rootKey, source) = try rootKeyOptions.rootKey(in: keys)
        let vault = try newVaultID()
        let recoveryKey = try BoxSecretKey()
        let keyring = try Keyring.make(
            vault: vault, recoveryKey: recoveryKey.publicKey,
            nowSeconds: SystemWallClock().nowMilliseconds / 1000)
        let keyringDirectory = KeyringDirectory(path: keys.keyringDirectory)
        try keyringDirectory.create(keyring, rootKey: rootKey)
        let (ledger, _) = try Ledger.open(at: keyringDirectory.ledgerPath, keyring: keyring)
        let store = try SQLiteStore.create(at: directory.path)
        try await RecordVault.create(
            in: store, keyring: keyring, ledger: ledger, grants: try firstGrants(),
            catalogue: .shipped, clock: SystemWallClock())
        await store.close()
        try RecoveryKeyText.show(recoveryKey, in: recoveryKeyOut)
        let publicKey = Base64.encode(keyring.certificateKey.publicKey.bytes)
        try directory.write(
            StateDirectory.Note(
                vault: vault, rootKeySources: RootKeySources(current: source),
                keyringDirectory: keys.keyringDirectory, publicKey: publicKey))
        report(vault: vault, publicKey: publicKey, state: directory.path, source, keys)
        if let warning = keyringDirectory.strength.warning {
            write("warning: \(warning)\n", to: STDERR_FILENO)
        }
    }

    private func newVaultID() throws -> VaultID {
        let id = RecordID(
            milliseconds: UInt64(SystemWallClock().nowMilliseconds),
            random: (try SecureRandom.uint64(), try SecureRandom.uint64()))
        guard let vault = VaultID(bytes: id.bytes) else { throw Failure("no vault id") }
        return vault
    }

    /// `admin` for whoever runs this, and what --grant names.
    private func firstGrants() throws -> [Grant] {
        let now = SystemWallClock().nowMilliseconds / 1000
        let caller = GrantArgument(principal: .user(getuid()), role: "admin")
        return try ([caller] + grants).map { argument in
            Grant(
                id: try newVaultID().description, principal: argument.principal,
                role: argument.role, reason: "init", grantedBy: "init", grantedAtSeconds: now,
                budgets: argument.budgets)
        }
    }

    private func report(
        vault: VaultID, publicKey: String, state: String, _ source: RootKeySource,
        _ keys: KeyDirectory
    ) {
        write(
            """
            vault       \(vault)
            public key  \(publicKey)
            state       \(state)
            root key    \(source.text)
            keyring     \(keys.keyringDirectory)

            Copy the escrow and the ledger from the keyring directory to another machine: without them
            this vault can't be recovered. Never keep old copies of keyring or escrow.

            """, to: STDOUT_FILENO)
    }
}
