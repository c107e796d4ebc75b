import ArgumentParser
import VaultClient

struct RecordsErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Destroy a record's keys, for good.",
        discussion: "Prints the signed certificate; with --json in full, to be kept.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Why, as a code.", valueName: "code"))
    var reason = "erasure-request"

    @Option(
        help: ArgumentHelp(
            "Only these, with commas between. (default: the whole record)", valueName: "a,b"),
        transform: { $0.split(separator: ",").map(String.init) })
    var compartments: [String]?

    @Argument var id: String

    func run() async throws {
        try await options.withVault(to: "erase records") { vault in
            let certificate = try await vault.erase(
                id, reason: reason, compartments: compartments)
            if options.json {
                Output.print(json: certificate)
            } else {
                Output.print(certificate: certificate)
            }
        }
    }
}
