import Cryptography
import Glibc
import KeyManagement

/// The recovery key as people keep it.
enum RecoveryKeyText {
    /// Shows a new key once, or writes it to a file (0600) that must not exist yet.
    static func show(_ key: borrowing BoxSecretKey, in path: String?) throws {
        let text = try RecoveryKey.text(of: key)
        guard let path else {
            write(
                "Recovery key, shown this once: print it and put it into a safe.\n\n    ",
                to: STDOUT_FILENO)
            text.withUnsafeBytes { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            write("\n", to: STDOUT_FILENO)
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                "can't write the recovery key to \(path): \(String(cString: strerror(errno)))",
                hint: "the file must not exist yet")
        }
        defer { close(descriptor) }
        let isWritten = text.withUnsafeBytes {
            Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
        }
        guard isWritten, fsync(descriptor) == 0 else {
            throw Failure("can't write the recovery key to \(path)")
        }
    }

    /// Reads a key from a file that nobody else may read; `-` asks for it, or reads standard input.
    static func read(_ path: String) throws -> BoxSecretKey {
        var descriptor = STDIN_FILENO
        if path != "-" {
            descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else {
                throw Failure("can't read \(path): \(String(cString: strerror(errno)))")
            }
            var status = stat()
            guard fstat(descriptor, &status) == 0,
                status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0
            else {
                close(descriptor)
                throw Failure(
                    "others may read \(path)",
                    hint: "the recovery key opens everything: chmod 600")
            }
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        do throws(CryptographyError) {
            return try RecoveryKey.parse(
                SecretInput.read(from: descriptor, prompt: "recovery key", limit: 256))
        } catch {
            throw Failure(
                "that is no recovery key",
                hint: "it is AITTA-RECOVERY-1- and nine groups of eight digits; the last is a "
                    + "checksum, so one of them is misread")
        }
    }
}
