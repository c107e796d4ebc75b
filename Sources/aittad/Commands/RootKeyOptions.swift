import ArgumentParser
import KeyManagement

/// Where a new vault's root key comes from.
struct RootKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The root key file: read if it is there, else made. The keyring goes beside it. \
            Default: root.key in the key directory.
            """, valueName: "file"))
    var keyFile: String?

    @Flag(
        help: """
            Derive the root key from a passphrase, asked for twice on the terminal. The daemon then \
            waits for `aitta unseal` at each start.
            """)
    var passphrase = false

    @Option(
        help: ArgumentHelp(
            "As --passphrase, but read it from a file (0600), or with - from standard input.",
            valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Take the root key from a systemd credential, which init must be given as well.",
            valueName: "name"))
    var credential: String?

    @Option(
        help: ArgumentHelp(
            """
            Where the keyring goes, and the passphrase's salt. Default: the key file's directory; \
            /etc/aitta/keys, or DIR.keys for another state directory.
            """, valueName: "dir"))
    var keyDirectory: String?

    func validate() throws {
        let named = [keyFile != nil, passphrase, passphraseFile != nil, credential != nil]
        guard named.count(where: { $0 }) <= 1 else {
            throw ValidationError(
                "--key-file, --passphrase, --passphrase-file and --credential exclude each other")
        }
        guard keyFile == nil || keyDirectory == nil else {
            throw ValidationError("--key-file names the key directory as well")
        }
        if let credential, !RootKeyCredential.isName(credential) {
            throw ValidationError("--credential takes letters, digits, dots, hyphens, underscores")
        }
    }

    /// The key directory of a state directory.
    func directory(for state: String) throws -> KeyDirectory {
        let path = try keyFile.map { KeyDirectory.of(keyFile: try absolute($0)) } ?? keyDirectory
        return try KeyDirectory(path: path.map(absolute), state: state)
    }

    /// The files that ``rootKey(in:)`` makes where they are not there.
    func madeFiles(in directory: KeyDirectory) -> [String] {
        if credential != nil { return [] }
        if passphrase || passphraseFile != nil { return [directory.passphraseFile] }
        return [(try? keyFile.map(absolute)) ?? directory.keyFile]
    }

    /// Reads, derives or makes the root key. A passphrase is asked for here, before anything is made.
    func rootKey(in directory: KeyDirectory) throws -> (rootKey: RootKey, source: RootKeySource) {
        if let credential {
            return (
                try RootKeyCredential(name: credential).rootKey(), .credential(name: credential)
            )
        }
        if passphrase || passphraseFile != nil {
            let given =
                try passphraseFile.map(PassphrasePrompt.readNew) ?? PassphrasePrompt.askForNew()
            let file = PassphraseFile(path: directory.passphraseFile)
            return (try file.create(given), .passphrase(path: file.path))
        }
        let file = RootKeyFile(path: try keyFile.map(absolute) ?? directory.keyFile)
        return (try file.readOrCreate(), .keyFile(path: file.path))
    }
}
