import ArgumentParser
import StrictJSON
import VaultClient

struct RolesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Show roles and what they allow.",
        subcommands: [RolesList.self, RolesShow.self])
}

struct RolesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all roles.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see roles") { vault in
            Output.print(
                page: try await vault.roles(), columns: ["name", "kind"], asJSON: options.json)
        }
    }
}

struct RolesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a role allows.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.") var name: String

    func run() async throws {
        try await options.withVault(to: "see roles") { vault in
            let roles = try await vault.roles().items
            guard let role = roles.first(where: { $0["name"]?.text == name }) else {
                throw Failure("there is no such role", hint: "aitta roles list shows them")
            }
            Output.print(object: role, asJSON: options.json)
        }
    }
}
