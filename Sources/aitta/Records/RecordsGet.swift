import ArgumentParser
import StrictJSON
import VaultClient

struct RecordsGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a record.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Show where each field comes from.")
    var sources = false

    @Argument var id: String

    func run() async throws {
        try await options.withVault(to: "read these fields") { vault in
            let record = try await vault.record(
                id, fields: selection.fields, view: selection.masked ? .masked : nil,
                includesSources: sources)
            if options.json {
                Output.print(json: record.json)
            } else {
                Output.print(record: record)
            }
        }
    }
}

extension Output {
    /// Prints a record: what it is, its fields, and those withheld with the reason.
    static func print(record: VaultRecord) {
        var pairs = [("id", record.id), ("kind", record.kind), ("version", String(record.version))]
        if let company = record.company { pairs.append(("company", company)) }
        pairs += record.json["fields"]?.flattened() ?? []
        pairs += record.withheld.sorted { $0.key < $1.key }
            .map { ($0.key, "(withheld: \($0.value))") }
        pairs += record.sources.sorted { $0.key < $1.key }
            .map { ("source of " + $0.key, $0.value.printable) }
        print(pairs: pairs)
    }

    /// Prints records, a blank line between.
    static func print(records: [VaultRecord], none: String) {
        if records.isEmpty { Swift.print(none) }
        for (index, record) in records.enumerated() {
            if index > 0 { Swift.print() }
            print(record: record)
        }
    }
}
