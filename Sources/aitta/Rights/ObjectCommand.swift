import ArgumentParser
import VaultClient

struct ObjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object",
        abstract: "Record objections to a purpose, and that they are lifted.",
        subcommands: [ObjectAdd.self, ObjectLift.self, ObjectList.self])
}

struct ObjectAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record that somebody objects to a purpose.",
        discussion: "It is in effect with the next request.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var statement: StatementOptions

    @Argument(help: "The record's id.") var id: String
    @Argument(help: "What is objected to, such as payment-follow-up.") var objected: String

    func run() async throws {
        let evidence = try statement.resolvedEvidence()
        try await options.withVault(to: "record objections") { vault in
            let written = try await vault.object(
                id, to: objected, at: statement.at, source: statement.source, evidence: evidence)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct ObjectLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Record that somebody no longer objects to a purpose.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String
    @Argument(help: "What was objected to.") var objected: String

    func run() async throws {
        try await options.withVault(to: "record objections") { vault in
            let written = try await vault.liftObjection(id, to: objected)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct ObjectList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what was recorded of a record's objections.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "read objections") { vault in
            Output.print(statements: try await vault.objections(of: id), asJSON: options.json)
        }
    }
}
