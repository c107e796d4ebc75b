import ArgumentParser
import StrictJSON
import VaultClient
import Verification

struct KeysHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show how the vault's signing keys followed each other.",
        discussion: """
            Each change is signed by the keys before it and accepted by the one after it. With --json the \
            whole document is shown: kept in a file, it leads whoever trusts an earlier key to those of now \
            (--key-history). Exit code 1 if a signature in it is not valid.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await options.withVault(to: "see the vault's public keys") { vault in
            let document = try await vault.keyHistory()
            let history = try KeyHistory(checking: document)
            if options.json { return Output.print(json: document) }
            guard !history.changes.isEmpty else { return print("no key was ever changed") }
            Output.print(
                table: history.changes.map { change in
                    [
                        String(change.epoch), change.document["at"]?.plainText ?? "-",
                        change.from.certificates.keyID, change.to.certificates.keyID,
                        change.statement?["at"]?.plainText ?? "not final",
                    ]
                }, headings: ["epoch", "began", "from", "to", "nothing left since"])
        }
    }
}

extension KeyHistory {
    init(checking document: JSONValue) throws {
        guard let history = KeyHistory(document) else {
            throw Failure(
                "the key history is not valid",
                hint: "a key before a change did not sign it: somebody altered it")
        }
        self = history
    }

    /// Reads the history that an option names.
    init?(option path: String?) throws {
        guard let path else { return nil }
        try self.init(checking: try JSONInput.read(path, limit: 1 << 20))
    }
}
