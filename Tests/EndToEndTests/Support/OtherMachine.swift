import Foundation
import StrictJSON
import Testing

/// The directories of another machine, where another user restores a vault, and what is copied there.
final class OtherMachine {
    static let user: UInt32 = 4242

    let scratch: ScratchDirectory
    let parts: String
    private let uid: UInt32?
    private var daemon: ChildProcess?

    /// - Parameter uid: whose files they are; nil: the tests' own user.
    init(uid: UInt32? = OtherMachine.user) throws {
        self.uid = uid
        scratch = try ScratchDirectory(mode: 0o755)
        parts = scratch.path + "/parts"
        try FileManager.default.createDirectory(
            atPath: parts, withIntermediateDirectories: false)
    }

    deinit {
        daemon?.signal(SIGKILL)
        _ = try? daemon?.wait()
    }

    var state: String { scratch.path + "/state" }
    var socket: String { scratch.path + "/s" }

    func take(_ vault: TestVault, parts from: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: from) {
            try FileManager.default.copyItem(
                atPath: "\(from)/\(name)", toPath: "\(parts)/\(name)")
        }
        for name in ["escrow", "ledger"] {
            try FileManager.default.copyItem(
                atPath: "\(vault.keyringDirectory)/\(name)", toPath: "\(scratch.path)/\(name)")
        }
        try FileManager.default.copyItem(
            atPath: vault.recoveryFile, toPath: scratch.path + "/recovery")
        guard let uid else { return }
        let owned = try Command.run(["chown", "-R", "\(uid)", scratch.path])
        try #require(owned.status == 0, "\(owned.error)")
    }

    func restoreCommand(
        records: Int, keys: Int, publicKey: String, into target: String
    ) -> [String] {
        [
            Programs.aittad, "restore",
            "--records", "\(parts)/records-00000\(records).aitta",
            "--keys", "\(parts)/keys-00000\(keys).aitta",
            "--escrow", scratch.path + "/escrow", "--ledger", scratch.path + "/ledger",
            "--recovery-key", scratch.path + "/recovery", "--public-key", publicKey,
            "--state", target, "--key-file", target + ".keys/root.key",
        ]
    }

    func restore(
        records: Int, keys: Int, publicKey: String, into state: String? = nil
    ) throws -> Command {
        try Command.run(
            restoreCommand(
                records: records, keys: keys, publicKey: publicKey, into: state ?? self.state),
            uid: uid, atMostSeconds: 300)
    }

    /// Serves a restored vault.
    func serve(_ settings: String, state: String? = nil, at path: String? = nil) throws {
        let socket = path ?? self.socket
        let daemon = try ChildProcess(
            (uid.map { Command.asUser($0, $0) } ?? []) + [
                Programs.aittad, "serve", "--config", settings, "--state", state ?? self.state,
                "--socket", socket,
            ], output: scratch.path + "/out", error: scratch.path + "/err")
        self.daemon = daemon
        let isReady = Poll.until(atMostSeconds: 30) {
            let connection = try? HTTPConnection(socket)
            return daemon.hasEnded || (try? connection?.ask("GET", "/readyz"))?.status == 200
        }
        let said = try scratch.read("err").suffix(500)
        try #require(isReady && !daemon.hasEnded, "\(said)")
    }

    func stop() throws {
        daemon?.signal(SIGTERM)
        #expect(try daemon?.wait(atMostSeconds: 30) == 0)
    }
}

extension TestVault {
    /// The public key of certificates and backups, as `aittad init` printed it.
    var certificatePublicKey: String {
        get throws {
            let keys = try connect().ask("GET", "/v1/keys").json["keys"]?.items ?? []
            return try #require(
                keys.first { $0["use"]?.text == "certificates" }?["publicKey"]?.text)
        }
    }
}
