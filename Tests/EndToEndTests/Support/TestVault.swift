import Foundation
import Glibc
import StrictJSON
import Testing

/// A vault in a directory of its own, and the daemon that serves it.
final class TestVault {
    /// What the caller of the tests may do: everything, data and administration together.
    static let allRoles = [
        "dpo", "checkout", "customer-service", "billing", "marketing", "auditor", "key-custodian",
    ]

    /// Where a vault's root key comes from.
    enum RootKeyKind {
        case keyFile
        case passphrase(String)
        case credential(name: String, directory: String)

        fileprivate var input: String {
            if case .passphrase(let text) = self { text } else { "" }
        }
    }

    /// What makes a grant of `init --grant` one without budgets.
    static let unlimited =
        ["records", "searches", "erasures"].map { ",\($0)-per-hour=unlimited" }.joined()

    /// All roles, without a bound on what is seen in an hour.
    private static let everything = allRoles.map { role in
        let isData = !["auditor", "key-custodian"].contains(role)
        return "uid:\(geteuid())=\(role)"
            + (isData ? unlimited : "")
    }

    /// For tests that ask more as a stranger than a stranger may.
    static let manyStrangers = "limits:\n  strangerRequestsPerSecond: 10000"

    let scratch: ScratchDirectory
    let state: String
    let keyFile: String
    let socket: String
    let settingsFile: String
    private let hasFileSystem: Bool
    /// What the daemon's environment has besides the tests'.
    var environment: [String: String] = [:]
    private(set) var daemon: ChildProcess?

    /// Makes a vault.
    ///
    /// - Parameters:
    ///   - grants: as `init --grant` takes them; nil gives the caller all roles.
    ///   - settings: further lines of aitta.yaml.
    ///   - rootKey: where the root key comes from.
    ///   - stateMegabytes: the size of a file system of its own for the state; needs root.
    init(
        grants: [String]? = nil, settings: String = "", rootKey: RootKeyKind = .keyFile,
        stateMegabytes: Int? = nil
    ) throws {
        scratch = try ScratchDirectory(mode: 0o755)
        state = scratch.path + "/state"
        keyFile = scratch.path + "/keys/root.key"
        socket = scratch.path + "/s"
        let own = grants ?? Self.everything
        let text = """
            identifiers:
              acceptArtificialHenkilotunnus: true
            socket:
              mode: "0666"
            \(settings)
            """
        if let stateMegabytes {
            try FileManager.default.createDirectory(
                atPath: state, withIntermediateDirectories: false)
            let mounted = try Command.run([
                "mount", "-t", "tmpfs", "-o", "size=\(stateMegabytes)m", "aitta", state,
            ])
            try #require(mounted.status == 0, "\(mounted.error)")
        }
        hasFileSystem = stateMegabytes != nil
        settingsFile = try scratch.write(text, to: "aitta.yaml", mode: 0o644)
        let arguments: [String]
        switch rootKey {
        case .keyFile: arguments = ["--key-file", keyFile]
        case .passphrase:
            arguments = ["--passphrase-file", "-", "--key-directory", scratch.path + "/keys"]
        case .credential(let name, let directory):
            arguments = ["--credential", name, "--key-directory", scratch.path + "/keys"]
            environment = ["CREDENTIALS_DIRECTORY": directory]
        }
        let made = try Command.run(
            [Programs.aittad, "init", "--state", state, "--recovery-key-out", recoveryFile]
                + arguments + own.flatMap { ["--grant", $0] }, input: rootKey.input,
            environment: environment)
        try #require(made.status == 0, "\(made.error)")
    }

    deinit {
        daemon?.signal(SIGKILL)
        _ = try? daemon?.wait()
        if hasFileSystem { _ = try? Command.run(["umount", state]) }
    }

    var recoveryFile: String { scratch.path + "/recovery" }
    var keyringDirectory: String { scratch.path + "/keys/keyring" }
    var database: String { state + "/vault.db" }
    /// What the daemon wrote, over all its lives.
    var outputs: [String] { [scratch.path + "/daemon.out", scratch.path + "/daemon.err"] }

    var serveCommand: [String] {
        [
            Programs.aittad, "serve", "--config", settingsFile, "--state", state, "--socket",
            socket,
        ]
    }

    /// Starts the daemon and waits until it would serve; a sealed one, until it answers.
    func start(
        as user: [String] = [], sealed: Bool = false, environment: [String: String] = [:]
    ) throws {
        let daemon = try ChildProcess(
            user + serveCommand, output: outputs[0], error: outputs[1],
            environment: self.environment.merging(environment) { $1 })
        self.daemon = daemon
        let path = sealed ? "/healthz" : "/readyz"
        let hasAnswered = Poll.until(atMostSeconds: 30) { daemon.hasEnded || answers(path) }
        guard hasAnswered, !daemon.hasEnded else {
            throw ChildProcess.Failure(
                description: "the daemon does not get ready: "
                    + (try scratch.read("daemon.err").suffix(500)))
        }
    }

    private func answers(_ path: String) -> Bool {
        guard let connection = try? connect() else { return false }
        return (try? connection.ask("GET", path))?.status == 200
    }

    /// Stops the daemon as an operator does.
    @discardableResult
    func stop() throws -> CInt {
        daemon?.signal(SIGTERM)
        return try daemon?.wait(atMostSeconds: 30) ?? 0
    }

    /// Ends the daemon as a crash does.
    func kill() throws {
        daemon?.signal(SIGKILL)
        _ = try daemon?.wait()
    }

    func connect() throws -> HTTPConnection { try HTTPConnection(socket) }

    /// Runs `aittad COMMAND` on the state.
    func aittad(
        _ command: String, _ arguments: [String] = [], input: String = ""
    ) throws -> Command {
        try Command.run(
            [Programs.aittad, command, "--state", state] + arguments, input: input,
            environment: environment)
    }

    /// Runs `aittad serve`, which is to refuse.
    func refusedServe(as user: [String] = []) throws -> Command {
        try Command.run(user + serveCommand, environment: environment, atMostSeconds: 30)
    }

    /// Runs `aitta`.
    func aitta(
        purpose: String? = nil, _ arguments: [String], input: String = ""
    ) throws -> Command {
        let options = ["--socket", socket] + (purpose.map { ["--purpose", $0] } ?? [])
        return try Command.run([Programs.aitta] + options + arguments, input: input)
    }
}
