import ArgumentParser
import StrictJSON
import VaultClient

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "Tell services apart that share a uid.",
        subcommands: [TokensCreate.self, TokensList.self, TokensRevoke.self])
}

struct TokensCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token; it is shown this once.",
        discussion: """
            A new token may nothing until `aitta grants add --principal token:NAME` gives it a \
            role. Write it into a file that only its service may read (0600).
            """)

    @OptionGroup var options: GlobalOptions

    @Option(help: "What grants call it.") var name: String
    @Option(
        name: .customLong("user"),
        help: ArgumentHelp("Who may present it: user:NAME or uid:N. Repeatable."))
    var users: [String]
    @Option(help: "Why, as a code.") var reason: String
    @Option(help: ArgumentHelp("Until when, RFC 3339 in UTC.", valueName: "time"))
    var until: String?
    @Option(help: ArgumentHelp("Write the token there (0600), in place of showing it."))
    var out: String?

    func run() async throws {
        // Whatever can fail does before there is a token that nobody has seen.
        let descriptor = try out.map { try PrivateFile.createNew($0) }
        try await options.withVault(to: "manage tokens") { vault in
            let made = try await vault.addToken(
                name: name, users: users, reason: reason, until: until)
            if let descriptor, let out, let token = made["token"]?.text {
                try PrivateFile.write(Array((token + "\n").utf8), to: descriptor, out)
                try PrivateFile.sync(descriptor, out)
            }
            let shown = (made.members ?? []).filter { out == nil || $0.name != "token" }
            Output.print(object: .object(shown), asJSON: options.json)
        }
    }
}

struct TokensList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all tokens, without their secrets.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "manage tokens") { vault in
            Output.print(
                page: try await vault.tokens(),
                columns: ["name", "users", "reason", "createdAt", "until"], asJSON: options.json)
        }
    }
}

struct TokensRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a token and the grants to it, at once.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The token's name.") var name: String

    func run() async throws {
        try await options.withVault(to: "manage tokens") { vault in
            Output.print(object: try await vault.revokeToken(name), asJSON: options.json)
        }
    }
}
