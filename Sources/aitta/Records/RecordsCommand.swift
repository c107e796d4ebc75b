import ArgumentParser

struct RecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records", abstract: "Create, read, find, verify and erase records.",
        subcommands: [
            RecordsCreate.self, RecordsGet.self, RecordsUpdate.self, RecordsFind.self,
            RecordsVerify.self, RecordsErase.self, RecordsList.self, RecordsContacts.self,
            RecordsHistory.self,
        ])
}

/// Which fields to show, and how.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Fields to show, with commas between. (default: all that you may read)",
            valueName: "a,b"),
        transform: { $0.split(separator: ",").map(String.init) })
    var fields: [String]?

    @Flag(help: "Show values masked.")
    var masked = false
}
