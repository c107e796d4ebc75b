import ArgumentParser
import StrictJSON
import VaultClient

struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "Say who has which role.",
        subcommands: [
            GrantsAdd.self, GrantsList.self, GrantsRevoke.self, GrantsExplain.self,
            GrantsConfirm.self,
        ])
}

struct GrantsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give a role.")

    @OptionGroup var options: GlobalOptions

    @Option(help: "user:NAME, uid:N, group:NAME, gid:N or token:NAME.") var principal: String
    @Option(help: "A role's name.") var role: String
    @Option(help: "Why, as a code.") var reason: String
    @Option(help: ArgumentHelp("From when, RFC 3339 in UTC.", valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("Until when, RFC 3339 in UTC.", valueName: "time"))
    var until: String?
    @Option(
        help: ArgumentHelp(
            "How many different records in an hour, or unlimited. (else the role's)",
            valueName: "n"))
    var recordsPerHour: BudgetArgument?
    @Option(
        help: ArgumentHelp(
            "How many searches in an hour, or unlimited. (else the role's)", valueName: "n"))
    var searchesPerHour: BudgetArgument?
    @Option(
        help: ArgumentHelp(
            "How many erasures and removals of values in an hour, or unlimited. (else the role's)",
            valueName: "n"))
    var erasuresPerHour: BudgetArgument?

    func run() async throws {
        let budgets = [
            ("recordsPerHour", recordsPerHour), ("searchesPerHour", searchesPerHour),
            ("erasuresPerHour", erasuresPerHour),
        ].compactMap { name, budget in budget.map { JSONMember(name, $0.json) } }
        try await options.withVault(to: "manage grants") { vault in
            let added = try await vault.addGrant(
                principal: principal, role: role, reason: reason, from: from, until: until,
                budgets: budgets.isEmpty ? nil : .object(budgets))
            Output.print(object: added, asJSON: options.json)
        }
    }
}

/// A number or `unlimited`; the daemon says which numbers.
struct BudgetArgument: ExpressibleByArgument {
    let json: JSONValue

    init?(argument: String) {
        if argument == "unlimited" {
            json = .string(argument)
        } else {
            guard let count = UInt32(argument) else { return nil }
            json = .number(String(count))
        }
    }
}

struct GrantsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show all grants.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see grants") { vault in
            let columns = ["id", "principal", "role", "reason", "grantedAt", "until"]
            Output.print(page: try await vault.grants(), columns: columns, asJSON: options.json)
        }
    }
}

struct GrantsRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a grant, at once.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The grant's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "manage grants") { vault in
            Output.print(object: try await vault.revokeGrant(id), asJSON: options.json)
        }
    }
}

struct GrantsExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say whether something is allowed, and by which rule.",
        discussion: "Exit code 0 if it is allowed, 1 if it is not.")

    @OptionGroup var options: GlobalOptions

    @Option(help: "user:NAME, uid:N, group:NAME, gid:N or token:NAME.") var principal: String
    @Option(help: "An operation, such as read or search.") var operation = "read"
    @Option(help: "A field.") var field: String?
    @Option(help: "A record's id.") var record: String?

    func run() async throws {
        let asked = [
            ("principal", principal), ("operation", operation), ("field", field),
            ("purpose", options.effectivePurpose), ("record", record),
        ].compactMap { name, value in value.map { (name: name, value: $0) } }
        try await options.withVault(to: "see roles") { vault in
            let explanation = try await vault.explainAccess(asked)
            let isAllowed = explanation["allowed"] == .bool(true)
            if options.json {
                Output.print(json: explanation)
            } else {
                Output.print(pairs: [
                    ("allowed", isAllowed ? "yes" : "no"),
                    isAllowed
                        ? ("view", explanation["view"]?.text ?? "-")
                        : ("wanting", explanation["refusal"]?.text ?? "-"),
                ])
                for rule in explanation["rules"]?.items ?? [] {
                    let words = ["role", "principal", "grant"].compactMap { rule[$0]?.text }
                    Output.print(line: "by " + words.joined(separator: " "))
                }
            }
            if !isAllowed { throw ExitCode(1) }
        }
    }
}

struct GrantsConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Put grants in force that a restore has suspended.",
        discussion: """
            A policy that is older than the one before the restore may hold grants that were taken away \
            since: look at them first.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "manage grants") { vault in
            Output.print(object: try await vault.confirmGrants(), asJSON: options.json)
        }
    }
}

extension Output {
    /// Prints an answer that is one object.
    static func print(object: JSONValue, asJSON: Bool) {
        if asJSON {
            print(json: object)
        } else {
            print(pairs: object.flattened())
        }
    }
}
