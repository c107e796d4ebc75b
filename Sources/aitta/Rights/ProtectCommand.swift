import ArgumentParser
import Glibc
import VaultClient

struct ProtectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Protect a person's whereabouts (turvakielto).",
        discussion: """
            Address and phone are withheld from all whose grants do not say otherwise, until the \
            protection ends.
            """,
        subcommands: [ProtectSet.self, ProtectEnd.self, ProtectShow.self, ProtectList.self])
}

struct ProtectSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Protect somebody, with the next request, or set another end."
    )

    @OptionGroup var options: GlobalOptions

    @Option(
        help: ArgumentHelp(
            "Until when: the last day, or a time, RFC 3339 in UTC.", valueName: "date"))
    var until: String

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "protect people") { vault in
            let written = try await vault.protect(id, until: until)
            Output.print(written: written, asJSON: options.json)
        }
    }
}

struct ProtectEnd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End the protection now.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "protect people") { vault in
            Output.print(written: try await vault.endProtection(id), asJSON: options.json)
        }
    }
}

struct ProtectShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show whether somebody is protected.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The record's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "protect people") { vault in
            Output.print(object: try await vault.protection(of: id), asJSON: options.json)
        }
    }
}

struct ProtectList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show protections that end soon, or have ended.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var page: PageOptions

    @Option(help: ArgumentHelp("End within so many days.", valueName: "days"))
    var endingWithinDays = 30

    func validate() throws {
        guard 0...36_500 ~= endingWithinDays else {
            throw ValidationError("--ending-within-days takes 0 to 36500 days")
        }
    }

    func run() async throws {
        let before = Self.time(inDays: endingWithinDays)
        try await options.withVault(to: "protect people") { vault in
            let list = try await vault.protections(
                endingBefore: before, after: page.after, limit: page.limit)
            Output.print(page: list, columns: ["id", "until"], asJSON: options.json)
        }
    }

    /// The time so many days from now, RFC 3339 in UTC.
    private static func time(inDays days: Int) -> String {
        var moment = Glibc.time(nil) + days * 86_400
        var parts = tm()
        gmtime_r(&moment, &parts)
        return String(unsafeUninitializedCapacity: 32) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
            }
        }
    }
}
