import ArgumentParser
import VaultClient

struct RecordsFind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find records by one field, exactly.",
        discussion: """
            The value of every field but reference and ytunnus is given on standard input, with - \
            in its place.
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var selection: SelectionOptions

    @Option(help: ArgumentHelp("Show at most so many.", valueName: "count"))
    var limit: Int?

    @Argument(help: "A searchable field, such as reference, ytunnus or email.")
    var field: String

    @Argument(help: "Its value, or - to read it from standard input.")
    var value: String

    func run() async throws {
        let value = try SecretValue.resolve(field: field, argument: value)
        try await options.withVault(to: "search this field") { vault in
            let found = try await vault.search(
                field: field, value: value, fields: selection.fields,
                view: selection.masked ? .masked : nil, limit: limit)
            if options.json { return Output.print(json: found.json) }
            Output.print(records: found.records, none: "no record found")
            if found.isTruncated {
                StandardError.print("hint: there are more; --limit shows up to 100")
            }
        }
    }
}
