import ArgumentParser
import StrictJSON
import VaultAPI
import VaultClient

/// Options of a list that comes a page at a time.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Show at most so many.", valueName: "count"))
    var limit = APILimits.listItemsDefault

    @Option(help: ArgumentHelp("Go on where another page ended.", valueName: "next"))
    var after: String?
}

struct RecordsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show ids and states of records.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var page: PageOptions

    @Flag(help: "Show those alone whom the purpose may reach now.")
    var reachable = false

    func run() async throws {
        try await options.withVault(to: "list records") { vault in
            let list = try await vault.list(
                reachable: reachable, after: page.after, limit: page.limit)
            Output.print(page: list, columns: ["id", "state"], asJSON: options.json)
        }
    }
}

extension Output {
    /// Prints a page as a table of the given members, and how to see the next.
    static func print(page: Page, columns: [String], asJSON: Bool) {
        if asJSON { return print(json: page.json) }
        let rows = page.items.map { item in columns.map { item[$0]?.plainText ?? "-" } }
        print(table: rows, headings: columns)
        if let next = page.next {
            StandardError.print("hint: there are more: --after \(next.printable)")
        }
    }
}
