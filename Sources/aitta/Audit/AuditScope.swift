import ArgumentParser
import Cryptography
import StrictJSON
import VaultClient
import Verification

struct AuditScopeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scope", abstract: "Tell what somebody's accesses touched, signed.",
        discussion: """
            For the notification of a personal data breach (GDPR 33). aitta audit scope verify verifies \
            what was written, without a daemon.
            """,
        subcommands: [AuditScope.self, AuditScopeVerify.self], defaultSubcommand: AuditScope.self)
}

struct AuditScope: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make a statement. (default)",
        discussion: """
            Counts the distinct records that the principal's answered reads, searches and verifications \
            touched, for each field and compartment. The daemon reads its whole log for it.
            """)

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Whose: uid:N, or user:NAME.", valueName: "principal"))
    var principal: String

    @Option(help: ArgumentHelp("From when, RFC 3339 in UTC.", valueName: "time"))
    var from: String

    @Option(help: ArgumentHelp("Until when, at most 366 days later.", valueName: "time"))
    var to: String

    @Option(help: ArgumentHelp("Write the statement to a file.", valueName: "file"))
    var out: String?

    func run() async throws {
        try await options.withVault(to: "read the audit log") { vault in
            let scope = try await vault.breachScope(principal: principal, from: from, to: to)
            if let out {
                try PrivateFile.replace(out, with: scope.encoded() + [UInt8(ascii: "\n")])
            }
            if options.json {
                Output.print(json: scope)
            } else {
                Output.print(scope: scope)
            }
        }
    }
}

struct AuditScopeVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a statement, without a daemon.",
        discussion: "Exit code 0 if the log's key signed all of it, 1 if not.")

    private static let scopeBytes = 1 << 20

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("The public key of the vault's log, in Base64.", valueName: "key"))
    var publicKey: String

    @Argument(help: "The statement; - for standard input.")
    var file: String

    func run() throws {
        guard let bytes = Base64.decode(publicKey), let key = try? PublicKey(bytes) else {
            throw Failure.usage(
                "the public key is not 32 bytes in Base64", hint: "aitta keys status shows it")
        }
        let scope = try JSONInput.read(file, limit: Self.scopeBytes)
        guard BreachScope.isValid(scope, key: key) else {
            throw Failure(
                "the statement is not valid under this key",
                hint: "it was altered, or another key signed it; aitta keys status shows the "
                    + "log's")
        }
        if options.json {
            Output.print(json: .object([JSONMember("valid", .bool(true))]))
        } else {
            Output.print(pairs: [("signature", "valid")])
            Output.print(scope: scope)
        }
    }
}

extension Output {
    /// Prints a breach scope: what it states, then a table of fields and one of compartments.
    fileprivate static func print(scope: JSONValue) {
        let tables = ["fields", "compartments"]
        let single = (scope.members ?? []).filter { !tables.contains($0.name) }
        print(pairs: JSONValue.object(single).flattened())
        for (name, columns) in [
            ("fields", ["field", "compartment", "records"]),
            ("compartments", ["compartment", "records"]),
        ] {
            guard let items = scope[name]?.items, !items.isEmpty else { continue }
            Swift.print()
            let rows = items.map { item in columns.map { item[$0]?.plainText ?? "-" } }
            print(table: rows, headings: columns)
        }
    }
}
