import ArgumentParser
import StrictJSON
import VaultAPI
import VaultClient

struct RolesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Show and change roles and what they allow.",
        subcommands: [RolesList.self, RolesShow.self, RolesSet.self, RolesDelete.self])
}

struct RolesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all roles.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see roles") { vault in
            Output.print(
                page: try await vault.roles(), columns: ["name", "kind", "version"],
                asJSON: options.json)
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
            let shown = try await vault.role(name)
            // People see the role in force; what was before is in --json.
            Output.print(
                object: options.json ? shown : shown["role"] ?? shown, asJSON: options.json)
        }
    }
}

struct RolesSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a role, or change it for all who hold it.",
        discussion: """
            The file holds {"kind","permissions","reason"}, as docs/openapi.yaml describes it; \
            aitta roles show NAME --json shows a role to start from. What the change opens (+) and \
            closes (-) is shown; with --preview it is shown and not made.
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.") var name: String
    @Option(help: ArgumentHelp("The setting; - for standard input.", valueName: "file"))
    var jsonFile: String
    @Flag(help: "Show what would change, and change nothing.") var preview = false

    func run() async throws {
        let setting = try JSONInput.read(jsonFile, limit: APILimits.requestBodyBytes)
        try await options.withVault(to: "manage roles") { vault in
            let difference = try await vault.setRole(name, setting, isPreview: preview)
            guard !options.json else { return Output.print(json: difference) }
            for (mark, member) in [("+", "opens"), ("-", "closes")] {
                for allowance in difference[member]?.items ?? [] {
                    Output.print(line: mark + " " + Self.text(of: allowance))
                }
            }
            let principals = difference["principals"]?.items?.compactMap(\.text) ?? []
            Output.print(pairs: [
                ("held by", principals.isEmpty ? "nobody" : principals.joined(separator: ", ")),
                ("changed", preview ? "no, this is a preview" : "yes"),
            ])
        }
    }

    private static func text(of allowance: JSONValue) -> String {
        ["operation", "field", "view", "purpose"].compactMap { name in
            allowance[name]?.text.map { name == "purpose" ? "for \($0)" : $0 }
        }.joined(separator: " ")
    }
}

struct RolesDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a role that no grant names.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.") var name: String

    func run() async throws {
        try await options.withVault(to: "manage roles") { vault in
            Output.print(object: try await vault.deleteRole(name), asJSON: options.json)
        }
    }
}
