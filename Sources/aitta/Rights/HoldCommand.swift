import ArgumentParser
import StrictJSON
import VaultClient

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Hold compartments of a record back from erasure.",
        discussion: """
            What is held when an erasure is asked for waits, and is erased by itself once nothing holds it \
            any more.
            """,
        subcommands: [HoldSet.self, HoldRemove.self, HoldList.self])
}

struct HoldSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a hold, or replace the one of that name.")

    enum Ground: String, ExpressibleByArgument, CaseIterable {
        case legalObligation = "legal-obligation"
        case contract
        case legalClaim = "legal-claim"
    }

    @OptionGroup var options: GlobalOptions

    @Option(help: "Why it must stay: legal-obligation, contract or legal-claim.")
    var ground: Ground

    @Option(
        help: ArgumentHelp(
            "The statute, agreement or claim; name nobody in it.", valueName: "text"))
    var basis: String

    @Option(
        help: ArgumentHelp(
            "The last day, or a time, RFC 3339 in UTC. (default: until it is removed)",
            valueName: "date"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Only these, with commas between. (default: the whole record)", valueName: "a,b"),
        transform: { $0.split(separator: ",").map(String.init) })
    var compartments: [String]?

    @Argument(help: "The record's id.") var id: String
    @Argument(help: "The hold's name, a code such as bookkeeping-2026.") var name: String

    func run() async throws {
        try await options.withVault(to: "hold records") { vault in
            let written = try await vault.setHold(
                id, name: name, compartments: compartments, ground: ground.rawValue, basis: basis,
                until: until)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct HoldRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a hold; what waited for it is erased, if nothing else holds it.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String
    @Argument(help: "The hold's name.") var name: String

    func run() async throws {
        try await options.withVault(to: "hold records") { vault in
            let ended = try await vault.endHold(id, name: name)
            if options.json {
                Output.print(json: ended)
            } else if let certificate = ended["certificate"] {
                Output.print(certificate: certificate)
            } else {
                Output.print(object: ended, asJSON: false)
            }
        }
    }
}

struct HoldList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what holds a record, and what waits for it.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "hold records") { vault in
            let holds = try await vault.holds(of: id)
            guard !options.json else { return Output.print(json: holds) }
            let columns = ["name", "active", "ground", "until", "compartments", "basis"]
            Output.print(
                table: (holds["items"]?.items ?? []).map { hold in
                    columns.map { Self.text(hold[$0]) }
                }, headings: columns)
            if let waiting = holds["waitingErasure"], !waiting.isNull {
                let what = Self.text(waiting["compartments"])
                Output.print(
                    line: "waiting to be erased since \(Self.text(waiting["since"])): \(what)")
            }
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value, !value.isNull else { return "-" }
        return value.items.map { $0.map(\.plainText).joined(separator: ",") } ?? value.plainText
    }
}
