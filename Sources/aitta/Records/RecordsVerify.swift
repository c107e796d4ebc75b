import ArgumentParser
import StrictJSON
import VaultClient

struct RecordsVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare a value with a field without reading it.",
        discussion: "Exit code 0 if they match, 1 if they do not.")

    @OptionGroup var options: GlobalOptions

    @Argument var id: String
    @Argument(help: "The field, such as henkilotunnus.") var field: String
    @Argument(help: "-, to read the value from standard input.") var value: String

    func run() async throws {
        let value = try SecretValue.resolve(field: field, argument: value)
        var isMatch = false
        try await options.withVault(to: "verify this field") { vault in
            isMatch = try await vault.verify(id, field: field, value: value)
        }
        if options.json {
            Output.print(json: .object([JSONMember("match", .bool(isMatch))]))
        } else {
            print(isMatch ? "match" : "no match")
        }
        if !isMatch { throw ExitCode(Failure.Status.failed.rawValue) }
    }
}
