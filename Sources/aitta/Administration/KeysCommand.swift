import ArgumentParser
import StrictJSON
import VaultClient

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Show and change the vault's keys.",
        subcommands: [
            KeysStatus.self, KeysRotate.self, KeysConfirmClock.self, KeysRoot.self,
            KeysHistory.self,
        ])
}

struct KeysStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show epoch, rotation, what is overdue, and public keys.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see the vault's public keys") { vault in
            let status = try await vault.publicKeys()
            if options.json { return Output.print(json: status) }
            let others = (status.members ?? []).filter { $0.name != "keys" }
            Output.print(pairs: JSONValue.object(others).flattened())
            let columns = ["use", "algorithm", "keyId", "publicKey"]
            let keys = status["keys"]?.items ?? []
            print()
            Output.print(
                table: keys.map { key in columns.map { key[$0]?.plainText ?? "-" } },
                headings: columns)
        }
    }
}
