import ArgumentParser
import StrictJSON
import VaultClient

struct RecordsContacts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts", abstract: "Show the contact persons of a company.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var selection: SelectionOptions

    @Argument(help: "The company's id.") var id: String

    func run() async throws {
        try await options.withVault(to: "read these fields") { vault in
            let contacts = try await vault.contacts(
                of: id, fields: selection.fields, view: selection.masked ? .masked : nil)
            if options.json {
                let items = JSONValue.array(contacts.map(\.json))
                Output.print(json: .object([JSONMember("items", items)]))
            } else {
                Output.print(records: contacts, none: "no contact persons")
            }
        }
    }
}
