import ArgumentParser

/// The daemon: makes a vault, serves it, and what only whoever holds the root key may do.
@main
struct Aittad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aittad",
        abstract: "The daemon of an encrypted record vault.",
        version: "0.1.0",
        subcommands: [
            InitCommand.self, ServeCommand.self, GrantCommand.self, CheckCommand.self,
            RestoreCommand.self, AcceptCommand.self, RecoverCommand.self,
            RecoveryKeyCommand.self,
        ])

    static func main() async {
        do {
            var command = try Aittad.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.end(with: error)
        }
    }
}
