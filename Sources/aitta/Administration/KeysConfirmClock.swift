import ArgumentParser
import VaultClient

struct KeysConfirmClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm-clock", abstract: "Say that the daemon's clock is right.",
        discussion: """
            Once the clock has led the audit log by more than 48 hours, nothing is destroyed by time alone \
            (rotations by a timer, the expiry of audit entries) until somebody confirms it: compare it \
            with another clock first. A long silence is no fault. `aitta keys rotate` confirms it, too.
            """)

    @OptionGroup var options: GlobalOptions

    @Option(help: "Why, as a code.") var reason: String

    func run() async throws {
        try await options.withVault(to: "confirm the clock") { vault in
            Output.print(
                object: try await vault.confirmClock(reason: reason), asJSON: options.json)
        }
    }
}
