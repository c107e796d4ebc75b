import ArgumentParser
import VaultClient

struct RestrictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict", abstract: "Restrict processing of a record.",
        discussion: "A restricted record is stored, and reached by the rights roles alone.",
        subcommands: [RestrictSet.self, RestrictLift.self, RestrictShow.self])
}

struct RestrictSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Restrict processing, with the next request.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Why, as a code, such as accuracy-contested.", valueName: "code"))
    var ground: String

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "restrict processing") { vault in
            let written = try await vault.restrict(id, ground: ground)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct RestrictLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Lift the restriction.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "restrict processing") { vault in
            Output.print(written: try await vault.liftRestriction(id), asJSON: options.json)
        }
    }
}

struct RestrictShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show whether processing is restricted.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "restrict processing") { vault in
            Output.print(object: try await vault.restriction(of: id), asJSON: options.json)
        }
    }
}
