import ArgumentParser
import VaultClient

struct AuditCheckpoint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Take the log's signed checkpoint.",
        discussion: """
            Keep it out of the vault's reach: what it states, nobody can alter unseen. In a file, it \
            takes the place of an earlier checkpoint of the same log only after the log has proved \
            that it grew from there.
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var logKey: LogKeyOption

    @Option(
        help: ArgumentHelp("Where to keep it. (else it is printed)", valueName: "file"))
    var out: String?

    func run() async throws {
        let keys = try logKey.keys
        try await options.withVault(to: "see the log's checkpoint") { vault in
            let stated = try StatedCheckpoint(try await vault.auditCheckpoint(), keys: keys)
            if let out {
                try await CheckpointFile(path: out).keep(stated) { from, to in
                    try await vault.consistencyProof(from: from, to: to)
                }
            }
            if options.json {
                Output.print(json: stated.json)
            } else if out == nil {
                print(String(decoding: stated.note, as: UTF8.self), terminator: "")
            }
        }
    }
}
