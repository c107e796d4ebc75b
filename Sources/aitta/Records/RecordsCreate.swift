import ArgumentParser
import StrictJSON
import VaultAPI
import VaultClient

struct RecordsCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a record from JSON.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("The record; - for standard input.", valueName: "file"))
    var jsonFile: String

    func run() async throws {
        let body = try JSONInput.read(jsonFile, limit: APILimits.requestBodyBytes)
        try await options.withVault(to: "create records") { vault in
            Output.print(written: try await vault.create(json: body), asJSON: options.json)
        }
    }
}

extension Output {
    static func print(written record: WrittenRecord, asJSON: Bool) {
        if asJSON {
            print(
                json: .object([
                    JSONMember("id", .string(record.id)),
                    JSONMember("version", .number(String(record.version))),
                ]))
        } else {
            print(pairs: [("id", record.id), ("version", String(record.version))])
        }
    }
}
