import ArgumentParser
import Glibc
import StrictJSON
import VaultClient

struct KeysRoot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Take the root key from elsewhere from now on.",
        usage: """
            aitta keys root --to key-file PATH
            aitta keys root --to passphrase [-]
            aitta keys root --to credential NAME
            """,
        discussion: """
            The keyring is sealed by a new root key; everything goes on being served. A key file is \
            made in the key directory. A passphrase is asked for twice on the terminal, or with - read \
            from standard input. A credential must be one that systemd gave to the daemon already.
            """)

    /// What the root key may come from.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case keyFile = "key-file"
        case passphrase
        case credential
    }

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("key-file, passphrase or credential.", valueName: "source"))
    var to: Kind

    @Argument(help: "The key file's path, or the credential's name.") var place: String?

    func validate() throws {
        switch to {
        case .keyFile where place == nil: throw ValidationError("key-file takes a path")
        case .credential where place == nil: throw ValidationError("credential takes a name")
        case .passphrase where place != nil && place != "-":
            throw ValidationError("passphrase takes - or nothing: a passphrase never stands here")
        default: break
        }
    }

    func run() async throws {
        let passphrase = to == .passphrase ? try PassphraseInput.readNew(place != nil) : nil
        try await options.withVault(to: "rotate keys") { vault in
            let change: JSONValue
            if let passphrase {
                change = try await vault.changeRootKey(toPassphrase: passphrase.bytes)
            } else {
                let member = to == .keyFile ? "path" : "name"
                change = try await vault.changeRootKey(
                    to: .object([
                        JSONMember("type", .string(to.rawValue)),
                        JSONMember(member, .string(place ?? "")),
                    ]))
            }
            Output.print(object: change, asJSON: options.json)
            let outOfReach = change["replicasOutOfReach"]?.items ?? []
            if !outOfReach.isEmpty {
                fflush(nil)
                let places = outOfReach.map(\.plainText).joined(separator: ", ")
                StandardError.print(
                    "warning: out of reach: \(places): the old keyring lies there until the daemon can "
                        + "write it again; `aitta keys status` says when")
            }
            if let old = change["formerRootKeySource"]?["path"]?.text {
                fflush(nil)
                StandardError.print(
                    "hint: destroy \(old) once every replica of the keyring is renewed; "
                        + "nothing current opens by it")
            }
        }
    }
}
