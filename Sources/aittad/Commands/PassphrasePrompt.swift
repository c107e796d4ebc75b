import Cryptography
import Glibc
import KeyManagement

/// Asks for a passphrase: on the terminal, unseen, or from a file or standard input.
enum PassphrasePrompt {
    private static let asking = "passphrase"

    /// Asks for the passphrase of a vault: on the terminal, or on standard input where it is none.
    static func ask() throws -> Passphrase {
        try read(STDIN_FILENO, prompt: asking)
    }

    /// Asks for a new passphrase, twice.
    static func askForNew() throws -> Passphrase {
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                "there is no terminal to type a passphrase on",
                hint: "give it on standard input with --passphrase-file -")
        }
        let passphrase = try read(STDIN_FILENO, prompt: "new \(asking)")
        try passphrase.checkStrength()
        guard passphrase.equals(try read(STDIN_FILENO, prompt: "the same again")) else {
            throw Failure("the two are not the same", hint: "nothing was made: run it again")
        }
        return passphrase
    }

    /// Reads a new passphrase from a file that nobody else may read; `-`: from standard input.
    static func readNew(from path: String) throws -> Passphrase {
        let passphrase = path == "-" ? try ask() : try readFile(path)
        try passphrase.checkStrength()
        return passphrase
    }

    private static func readFile(_ path: String) throws -> Passphrase {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw Failure("can't read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0
        else {
            throw Failure(
                "others may read \(path)", hint: "a passphrase is for its owner: chmod 600")
        }
        return try read(descriptor, prompt: asking)
    }

    private static func read(_ descriptor: CInt, prompt: String) throws -> Passphrase {
        do throws(CryptographyError) {
            return Passphrase(
                try SecretInput.read(
                    from: descriptor, prompt: prompt, limit: Passphrase.maximumBytes))
        } catch .noSecretGiven {
            throw Failure(
                "no passphrase was given, or one longer than \(Passphrase.maximumBytes) bytes",
                hint: "type it on the terminal, or give it on standard input")
        }
    }
}
