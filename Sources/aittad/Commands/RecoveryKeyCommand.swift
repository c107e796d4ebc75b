import ArgumentParser
import Cryptography
import Glibc
import KeyManagement
import SQLiteStore
import Storage
import Vault

/// Makes a new recovery key in the place of one that is lost, or that another has seen.
struct RecoveryKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery-key",
        abstract:
            "Make a new recovery key, while no daemon runs; for whoever holds the root key.",
        discussion: """
            The escrow is sealed to the new key, and the one before it destroyed: here and at the replicas. \
            The old recovery key still opens copies of older escrows, wherever there are any.
            """)

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @Option(
        help: ArgumentHelp(
            "Write the recovery key there (0600) instead of showing it.", valueName: "file"))
    var recoveryKeyOut: String?

    @OptionGroup var replicaOptions: ReplicaOptions

    func run() async throws {
        try SecureProcess.start()
        let replicas = try await replicaOptions.replicas()
        let opened = try OpenedState.asking(path: try absolute(state))
        let key = try BoxSecretKey()
        // Before anything is sealed to it: an escrow whose key nobody has would recover nothing.
        try RecoveryKeyText.show(key, in: recoveryKeyOut)
        let clock = SystemWallClock()
        let keyring = opened.keyring.recoverable(
            by: key.publicKey, nowSeconds: clock.nowMilliseconds / 1000)
        let unreachable = try await RecordVault.replaceKeyringOffline(
            with: keyring, in: opened.keyStorage.replicated(to: replicas), store: opened.store,
            ledger: opened.ledger, operation: "change-recovery-key", clock: clock)
        await opened.store.close()
        try ReplicaOptions.check(unreachable)
        write(
            """
            keyring       generation \(keyring.generation), its escrow sealed to the new recovery key
            Copy the escrow to the other machine, over the one before it.

            """, to: STDOUT_FILENO)
    }
}
