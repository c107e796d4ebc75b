import ArgumentParser
import Glibc
import StrictJSON
import VaultClient

/// Options that every command takes, before its name or after it.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket. (else AITTA_SOCKET, else \(VaultClientConfiguration.socketPath))",
            valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "What personal data is read or written for. (else AITTA_PURPOSE)",
            valueName: "purpose"))
    var purpose: String?

    @Option(
        help: ArgumentHelp(
            "A file with the token to present, of mode 0600. (else AITTA_TOKEN_FILE)",
            valueName: "path"))
    var tokenFile: String?

    @Flag(help: "Print what the daemon answered, as JSON.")
    var json = false

    /// Where the daemon listens.
    var socketPath: String {
        socket ?? Self.environment("AITTA_SOCKET") ?? VaultClientConfiguration.socketPath
    }

    /// What for.
    var effectivePurpose: String? { purpose ?? Self.environment("AITTA_PURPOSE") }

    /// Runs `body` with a client. What the client throws becomes a failure that says what to do;
    /// `action` completes "a role that allows to …".
    func withVault(
        to action: String, _ body: (VaultClient) async throws -> Void
    ) async throws {
        let vault = VaultClient(
            VaultClientConfiguration(socketPath: socketPath), purpose: effectivePurpose,
            token: try token())
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(vault))
        } catch let error as VaultClientError {
            outcome = .failure(failure(error, action: action))
        } catch {
            outcome = .failure(error)
        }
        try? await vault.shutDown()
        try outcome.get()
    }

    private func token() throws -> ClientToken? {
        guard let path = tokenFile ?? Self.environment("AITTA_TOKEN_FILE") else { return nil }
        do {
            return try ClientToken(file: path)
        } catch .unreadable(let number) {
            throw Failure("can't read \(path): \(String(cString: strerror(number)))")
        } catch .open {
            throw Failure(
                "others may read \(path)", hint: "a token's file is for its owner: chmod 600")
        } catch .malformed {
            throw Failure("\(path) holds no token", hint: "aitta tokens create makes one")
        }
    }

    /// What a client's error means to whoever gave the command.
    func failure(_ error: VaultClientError, action: String) -> Failure {
        Failure(error, socketPath: socketPath, purpose: effectivePurpose, action: action)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
