import ArgumentParser
import VaultClient

struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Show what the daemon measures, as Prometheus' text.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see the vault's metrics") { vault in
            print(try await vault.metrics(), terminator: "")
        }
    }
}
