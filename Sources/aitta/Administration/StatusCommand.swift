import ArgumentParser
import VaultClient

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the state of the vault.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see the vault's status") { vault in
            Output.print(object: try await vault.status(), asJSON: options.json)
        }
    }
}
