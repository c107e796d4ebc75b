import ArgumentParser
import Cryptography
import Glibc
import StrictJSON
import VaultAPI
import VaultClient

struct UnsealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal", abstract: "Give the passphrase that a vault waits for.",
        discussion: """
            For the daemon's own user and root. The passphrase is asked for on the terminal, unseen; \
            with - it is read from standard input.
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "- reads the passphrase from standard input.") var source: String?

    func validate() throws {
        guard source == nil || source == "-" else {
            throw ValidationError("unseal takes - or nothing: a passphrase never stands here")
        }
    }

    func run() async throws {
        let passphrase = try PassphraseInput.read(fromStandardInput: source != nil)
        try await options.withVault(to: "open it") { vault in
            try await vault.unseal(passphrase.bytes)
            Output.print(
                object: .object([JSONMember("status", .string("open"))]), asJSON: options.json)
        }
    }
}

/// A passphrase that a command is given, in guarded memory.
final class PassphraseInput: Sendable {
    let bytes: SecretBytes

    private init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// Asks for a new one twice on the terminal, or reads it from standard input.
    static func readNew(_ fromStandardInput: Bool) throws -> PassphraseInput {
        guard !fromStandardInput else { return try read(fromStandardInput: true) }
        let first = try read(fromStandardInput: false, prompt: "new passphrase")
        let second = try read(fromStandardInput: false, prompt: "the same again")
        guard first.bytes.constantTimeEquals(second.bytes) else {
            throw Failure("the two are not the same", hint: "nothing was changed: run it again")
        }
        return first
    }

    /// Asks for it on the terminal, or reads it from standard input.
    static func read(
        fromStandardInput: Bool, prompt: String = "passphrase"
    ) throws -> PassphraseInput {
        guard fromStandardInput || isatty(STDIN_FILENO) == 1 else {
            throw Failure.usage(
                "there is no terminal to type a passphrase on",
                hint: "write - and give it on standard input")
        }
        do throws(CryptographyError) {
            // In a client memory that can't be locked is better than no guarded memory.
            try Sodium.start(lockedMemory: .permitUnlocked)
            return PassphraseInput(
                try SecretInput.read(
                    from: STDIN_FILENO, prompt: prompt, limit: APILimits.passphraseBytes))
        } catch .noSecretGiven {
            throw Failure(
                "no passphrase was given, or one longer than \(APILimits.passphraseBytes) bytes")
        }
    }
}
