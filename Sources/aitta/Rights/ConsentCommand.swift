import ArgumentParser
import VaultClient

struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Record consents and their withdrawal.",
        subcommands: [ConsentRecord.self, ConsentList.self])
}

/// When, from whom and by what proof a statement of a person is known.
struct StatementOptions: ParsableArguments {
    @Option(help: ArgumentHelp("When, RFC 3339 in UTC. (default: now)", valueName: "time"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "subject, company-contact, authority:CODE or third-party:CODE. (default: subject)",
            valueName: "source"))
    var source: String?

    @Option(
        help: ArgumentHelp(
            "-, to read from standard input what proves it, in at most 500 characters.",
            valueName: "-"))
    var evidence: String?

    /// The evidence, which may tell of the person, so that it is never taken from the command line.
    func resolvedEvidence() throws -> String? {
        guard let evidence else { return nil }
        guard evidence == "-" else {
            throw Failure.usage(
                "evidence is refused on the command line, where others can read it",
                hint: "write - in its place and give it on standard input")
        }
        return try StandardInput.value()
    }
}

struct ConsentRecord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record that a consent was given or withdrawn.",
        discussion: "It is in effect with the next request. The history keeps all that was said.")

    enum State: String, ExpressibleByArgument, CaseIterable {
        case given, withdrawn
    }

    @OptionGroup var options: GlobalOptions
    @OptionGroup var statement: StatementOptions

    @Argument(help: "The record's id.") var id: String
    @Argument(help: "What the consent is to, such as marketing.") var consented: String
    @Argument(help: "given or withdrawn.") var state: State

    func run() async throws {
        let evidence = try statement.resolvedEvidence()
        try await options.withVault(to: "record consents") { vault in
            let written = try await vault.recordConsent(
                id, to: consented, state: state.rawValue, at: statement.at,
                source: statement.source, evidence: evidence)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct ConsentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what was recorded of a record's consents.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "read consents") { vault in
            Output.print(statements: try await vault.consents(of: id), asJSON: options.json)
        }
    }
}

extension Output {
    /// Prints a history of consents or objections.
    static func print(statements page: Page, asJSON: Bool) {
        let columns = ["at", "purpose", "state", "source", "recordedBy", "evidence"]
        print(page: page, columns: columns, asJSON: asJSON)
    }
}
