import ArgumentParser
import Glibc
import SQLiteStore
import Vault

/// Goes on with a database that the ledger knows to be an older one.
struct AcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract:
            "Go on with an older database, while no daemon runs; for whoever holds the root key.",
        discussion: """
            Records and changes that it lacks are lost; whom the ledger erased stays erased. The audit log \
            goes on under a new origin, and where the access policy is older all grants but admins' are \
            suspended until `aitta grants confirm`. A newer database, or `aittad restore`, loses less.
            """)

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @Flag(help: "Say that this is what you want.")
    var olderDatabase = false

    @Option(help: ArgumentHelp("Why: a code of a-z, 0-9 and hyphens.", valueName: "code"))
    var reason: String

    func validate() throws {
        guard olderDatabase else { throw ValidationError("--older-database says what to accept") }
        guard ReasonCode.isValid(reason) else {
            throw ValidationError("--reason takes a code of a-z, 0-9 and hyphens")
        }
    }

    func run() async throws {
        try SecureProcess.start()
        let opened = try OpenedState.asking(path: try absolute(state))
        let isAccepted = try await RecordVault.acceptOlderDatabase(
            in: opened.store, keyring: opened.keyring, ledger: opened.ledger,
            entries: opened.entries, clock: SystemWallClock(), reason: reason)
        await opened.store.close()
        write(
            isAccepted
                ? "accepted: the audit log goes on under a new origin\n"
                : "nothing to accept: the database is as the ledger knows it\n", to: STDOUT_FILENO)
    }
}
