import ArgumentParser
import StrictJSON
import VaultAPI
import VaultClient

struct RecordsUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change fields of a record from JSON.",
        discussion: "The JSON is a merge patch: {\"fields\":{NAME:VALUE}}; null removes a field.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("The changes; - for standard input.", valueName: "file"))
    var jsonFile: String

    @Option(help: ArgumentHelp("Change nothing if the record has another.", valueName: "version"))
    var ifVersion: UInt64?

    @Argument var id: String

    func run() async throws {
        let body = try JSONInput.read(jsonFile, limit: APILimits.requestBodyBytes)
        try await options.withVault(to: "update these fields") { vault in
            let written = try await vault.update(id, json: body, ifVersion: ifVersion)
            Output.print(written: written, asJSON: options.json)
        }
    }
}
