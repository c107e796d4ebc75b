import ArgumentParser
import VaultClient
import Verification

struct AuditProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof", abstract: "Prove that an entry is in the audit log.",
        discussion: """
            Verifies the proof and prints it; with --json whole, for others to verify with the log's \
            key alone.
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var logKey: LogKeyOption

    @Argument(help: "The entry's number.") var number: UInt64

    func validate() throws {
        guard 1...UInt64(Int64.max) ~= number else {
            throw ValidationError("entries are numbered from 1")
        }
    }

    func run() async throws {
        let keys = try logKey.keys
        try await options.withVault(to: "read the audit log") { vault in
            let stated = try StatedCheckpoint(try await vault.auditCheckpoint(), keys: keys)
            guard number <= stated.head.size else {
                throw Failure("the log's checkpoint has \(stated.head.size) entries")
            }
            let proof = try await vault.inclusionProof(number: number, size: stated.head.size)
            let page = try await vault.auditEntries(after: String(number - 1), limit: 1)
            let entry = try EntryProof(
                number: number, item: page.items.first, proof: proof, stated: stated)
            if options.json {
                Output.print(json: entry.json)
            } else {
                Output.print(pairs: entry.pairs)
            }
        }
    }
}
