import ArgumentParser
import Cryptography
import Glibc
import SQLiteStore
import Storage
import Vault

/// Grants a role without a running daemon: break-glass for whoever holds the root key.
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Grant a role while no daemon runs; for whoever holds the root key.",
        discussion:
            "The grant is in the audit log. `separation: off` in the status says if it joins "
            + "data and administrative roles in one principal.")

    @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
    var state = "/var/lib/aitta"

    @Argument(help: ArgumentHelp("Such as user:maija=dpo.", valueName: "principal=role"))
    var grant: GrantArgument

    @Option(help: ArgumentHelp("Why: a code of a-z, 0-9 and hyphens.", valueName: "code"))
    var reason: String

    func validate() throws {
        guard ReasonCode.isValid(reason) else {
            throw ValidationError("--reason takes a code of a-z, 0-9 and hyphens")
        }
    }

    func run() async throws {
        try SecureProcess.start()
        let opened = try OpenedState.asking(path: try absolute(state))
        let now = SystemWallClock().nowMilliseconds
        let id = RecordID(
            milliseconds: UInt64(now),
            random: (try SecureRandom.uint64(), try SecureRandom.uint64()))
        try await RecordVault.addGrantOffline(
            Grant(
                id: id.description, principal: grant.principal, role: grant.role, reason: reason,
                grantedBy: "break-glass", grantedAtSeconds: now / 1000, budgets: grant.budgets),
            to: opened.store, keyring: opened.keyring, ledger: opened.ledger,
            entries: opened.entries, clock: SystemWallClock())
        await opened.store.close()
        write("granted \(grant.role) to \(grant.principal.text)\n", to: STDOUT_FILENO)
    }
}
