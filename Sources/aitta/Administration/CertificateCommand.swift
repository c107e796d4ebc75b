import ArgumentParser
import Cryptography
import StrictJSON
import Verification

struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Verify certificates, without a daemon.",
        subcommands: [CertificateVerify.self])
}

struct CertificateVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a certificate of erasure.",
        discussion: """
            Needs nothing but the certificate and the vault's public key for certificates, as \
            aitta keys status shows it; with the log's key it also verifies that the erasure is in \
            the audit log, where the certificate has that proof. Exit code 0 if all of it is valid, \
            1 if it is not.
            """)

    private static let certificateBytes = 1 << 20

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("The vault's public key, in Base64.", valueName: "key"))
    var publicKey: String

    @Option(
        help: ArgumentHelp(
            "The key of the vault's log, name+id+base64.", valueName: "vkey"))
    var logKey: String?

    @Option(
        help: ArgumentHelp(
            "The key history, as aitta --json keys history gives it: both keys may be earlier ones.",
            valueName: "file"))
    var keyHistory: String?

    @Argument(help: "The certificate; - for standard input.")
    var file: String

    func run() throws {
        guard let bytes = Base64.decode(publicKey), let key = try? PublicKey(bytes) else {
            throw Failure.usage(
                "the public key is not 32 bytes in Base64", hint: "aitta keys status shows it")
        }
        let certificate = try JSONInput.read(file, limit: Self.certificateBytes)
        let history = try KeyHistory(option: keyHistory)
        if let vault = history?.vault, vault != certificate["vault"]?.text {
            throw Failure.foreignHistory(vault: vault)
        }
        let keys = [key] + (history?.successors(ofCertificateKey: key).map(\.certificates) ?? [])
        guard keys.contains(where: { ErasureCertificate.isValid(certificate, key: $0) }) else {
            throw Failure(
                "the certificate is not valid under this key",
                hint: "it was altered, or another key signed it; aitta keys status shows the "
                    + "vault's")
        }
        let proof = try CertificateLogProof(
            of: certificate,
            keys: try VerifierKey(option: logKey).map { try LogKeys($0, history: history) })
        if options.json {
            Output.print(
                json: .object([JSONMember("valid", .bool(true)), JSONMember("log", proof.json)]))
        } else {
            let signed = (certificate.members ?? []).filter { $0.name != "log" }
            Output.print(
                pairs: [("signature", "valid"), ("log", proof.text)]
                    + JSONValue.object(signed).flattened())
        }
    }
}
