import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// A vault whose root key comes from a passphrase waits for it, and answers nothing meanwhile.
    @Suite struct SealedStartTests {
        private static let right = "viisi sanaa riittää hyvin"
        private static let octets = [("Content-Type", "application/octet-stream")]

        private let vault: TestVault

        init() throws {
            vault = try TestVault(rootKey: .passphrase(Self.right))
        }

        @Test func nothingIsServedBeforeTheRightPassphrase() throws {
            try vault.start(sealed: true)
            let open = try vault.connect()
            let ready = try open.ask("GET", "/readyz")
            #expect(ready.status == 503 && ready.code == "not_ready")
            #expect(ready.json["detail"]?.text == "sealed")
            let requests: [(String, String, String?)] = [
                ("GET", "/v1/status", nil), ("GET", "/v1/keys", nil), ("GET", "/metrics", nil),
                ("GET", "/v1/records", nil), ("POST", "/v1/records", TestVault.person("A")),
                ("POST", "/v1/search", "{}"), ("GET", "/v1/audit/entries", nil),
            ]
            for (method, path, body) in requests {
                let answer = try open.ask(
                    method, path, purpose: "order", body: body.map { Array($0.utf8) })
                #expect(answer.status == 503 && answer.code == "sealed", "\(method) \(path)")
                #expect(answer.json["hint"]?.text?.contains("aitta unseal") == true)
            }
            for wrong in ["", "x", Self.right + "\n", Self.right.uppercased()] {
                let answer = try unseal(wrong)
                let expected = wrong.isEmpty ? "malformed_request" : "wrong_passphrase"
                #expect(answer.code == expected, "\(answer.text)")
                #expect(wrong.count < 2 || !answer.text.contains(wrong))
            }
            let opened = try unseal(Self.right)
            #expect(opened.status == 200 && opened.json["status"]?.text == "open")
            // The connection from before the opening is served as any other.
            #expect(try open.ask("GET", "/readyz").status == 200)
            let id = try vault.create(TestVault.person("A-1"))
            #expect(try open.ask("GET", "/v1/status").json["records"]?.integer == 1)
            let again = try unseal(Self.right)
            #expect(again.status == 409 && again.code == "conflict")
            try vault.kill()
            try vault.start(sealed: true)
            #expect(try open503())
            #expect(try unseal(Self.right).status == 200)
            #expect(try vault.read(id).status == 200)
            #expect(try vault.stop() == 0)
        }

        @Test func wrongPassphrasesAreFewAMinute() throws {
            try vault.start(sealed: true)
            for _ in 0..<5 { #expect(try unseal("wrong").status == 403) }
            let refused = try unseal(Self.right)
            #expect(refused.status == 429 && refused.code == "too_many_attempts")
            let wait = refused.headers["retry-after"].flatMap { Int($0) } ?? 0
            #expect((1...60).contains(wait))
            #expect(try open503())
            let log = try vault.scratch.read("daemon.err")
            #expect(log.contains(#""message":"a passphrase was refused","count":"5""#), "\(log)")
        }

        @Test func oneAttemptIsMadeAtATime() throws {
            try vault.start(sealed: true)
            let connections = try (0..<4).map { _ in try vault.connect() }
            let body = Array("wrong".utf8)
            for connection in connections {
                try connection.send(
                    HTTPConnection.head("POST", "/v1/unseal", nil, Self.octets, bodyCount: 5) + body
                )
            }
            let statuses = try connections.map { try $0.answer().status }
            #expect(statuses.sorted() == [403, 429, 429, 429])
            #expect(try unseal(Self.right).status == 200)
        }

        @Test(.needsRoot) func nobodyElseMayTry() throws {
            try vault.start(sealed: true)
            for uid in [UInt32(41021), 65534] {
                let reply = try vault.ask(
                    as: uid, "POST", "/v1/unseal",
                    headers: ["Content-Type: application/octet-stream"], json: Self.right)
                #expect(reply.status == 403 && reply.contains("not_granted"), "\(reply)")
            }
            #expect(try open503())
            #expect(try unseal(Self.right).status == 200)
            let open = try vault.ask(as: 41021, "POST", "/v1/unseal", json: Self.right)
            #expect(open.status == 403 && open.contains("not_granted"))
        }

        /// The daemon's own user needs no root.
        @Test(.needsRoot) func theDaemonsUserMay() throws {
            let uid: UInt32 = 41022
            let owned = try Command.run(["chown", "-R", "\(uid)", vault.scratch.path])
            try #require(owned.status == 0)
            try vault.start(as: Command.asUser(uid, uid), sealed: true)
            let run = try Command.run(
                [Programs.aitta, "--socket", vault.socket, "unseal", "-"], input: Self.right,
                uid: uid)
            #expect(run.status == 0 && run.output == "status  open\n", "\(run)")
        }

        @Test func bodiesThatAreNoPassphraseAreRefused() throws {
            try vault.start(sealed: true)
            let json = try vault.connect().ask("POST", "/v1/unseal", json: "\"\(Self.right)\"")
            #expect(json.status == 400 && json.code == "malformed_request")
            let long = try vault.connect().ask(
                "POST", "/v1/unseal", headers: Self.octets,
                body: [UInt8](repeating: 97, count: 1025))
            #expect(long.status == 413 && long.code == "body_too_large")
            let query = try vault.connect().ask(
                "POST", "/v1/unseal?x=1", headers: Self.octets, body: Array(Self.right.utf8))
            #expect(query.status == 400)
            #expect(try open503())
        }

        @Test func aSealedDaemonEndsInOrder() throws {
            try vault.start(sealed: true)
            let other = try vault.refusedServe()
            #expect(other.status == 1 && other.error.contains("another process works on"))
            #expect(try vault.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: vault.socket))
        }

        @Test func whatNoPassphraseMendsIsAnsweredAndEndsTheDaemon() throws {
            let ledger = vault.keyringDirectory + "/ledger"
            let sound = try Data(contentsOf: URL(filePath: ledger))
            var damaged = sound
            damaged[30] ^= 1
            try damaged.write(to: URL(filePath: ledger))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: ledger)
            try vault.start(sealed: true)
            let answer = try unseal(Self.right)
            #expect(answer.status == 503 && answer.text.contains("ledger_damaged"))
            #expect(try vault.daemon?.wait(atMostSeconds: 30) == 1)
            #expect(try vault.scratch.read("daemon.err").contains("error: ledger damaged"))
            // What is wrong before anybody is asked refuses the start.
            try sound.write(to: URL(filePath: ledger))
            let parameters = vault.scratch.path + "/keys/root.passphrase"
            try FileManager.default.moveItem(atPath: parameters, toPath: parameters + ".away")
            let refused = try vault.refusedServe()
            #expect(refused.status == 1)
            #expect(refused.error.contains("passphrase file missing"))
        }

        /// Neither a file nor a log nor /proc has it, nor the memory of the daemon.
        @Test(.needsRoot) func thePassphraseIsNowhere() throws {
            vault.environment = ["AITTA_LOG_LEVEL": "debug"]
            try vault.start(sealed: true)
            let pid = try #require(vault.daemon?.pid)
            let typed = vault.scratch.path + "/typed"
            _ = try vault.scratch.write("sanoin jo: väärä sana", to: "typed")
            let wrong = try Command.run([
                "sh", "-c", "\(Programs.aitta) --socket \(vault.socket) unseal - < \(typed)",
            ])
            #expect(wrong.status == 1)
            _ = try vault.scratch.write(Self.right, to: "typed")
            let run = try Command.run([
                "sh", "-c", "\(Programs.aitta) --socket \(vault.socket) unseal - < \(typed)",
            ])
            try #require(run.status == 0, "\(run.error)")
            try FileManager.default.removeItem(atPath: typed)
            let words = [
                ("right", Array(Self.right.utf8)), ("wrong", Array("sanoin jo: väärä sana".utf8)),
            ]
            let search = ByteSearch(words.map { (name: $0.0, bytes: $0.1) })
            #expect(
                try search.findings(
                    in: [
                        vault.state, vault.scratch.path + "/keys", "/proc/\(pid)/cmdline",
                        "/proc/\(pid)/environ",
                    ] + vault.outputs) == [])
            let memory = try Memory(of: pid)
            #expect(try memory.contains(Array("aitta-vault/1".utf8)), "it finds what is there")
            for (name, word) in words {
                #expect(try !memory.contains(word), "\(name) is still in memory")
            }
        }

        /// On a terminal: unseen, and asked for twice when it is new.
        @Test func whatIsTypedIsNotShown() throws {
            let (state, keys) = (vault.scratch.path + "/other", vault.scratch.path + "/other.keys")
            let make = [
                Programs.aittad, "init", "--state", state, "--passphrase", "--recovery-key-out",
                vault.scratch.path + "/other.recovery",
            ]
            let differ = try type([Self.right, Self.right + "."], make)
            #expect(differ.status == 1 && differ.output.contains("the two are not the same"))
            #expect(!FileManager.default.fileExists(atPath: keys + "/root.passphrase"))
            let made = try type([Self.right, Self.right], make)
            #expect(made.status == 0, "\(made)")
            #expect(made.output.contains("new passphrase: \r\nthe same again: \r\n"), "\(made)")
            let checked = try type([Self.right], [Programs.aittad, "check", "--state", state])
            #expect(checked.status == 0 && checked.output.contains("everything opens"))
            try vault.start(sealed: true)
            let opened = try type(
                [Self.right], [Programs.aitta, "--socket", vault.socket, "unseal"])
            #expect(opened.status == 0 && opened.output == "passphrase: \r\nstatus  open\r\n")
            for run in [differ, made, checked, opened] {
                #expect(!run.output.contains("sanaa"), "\(run.output)")
            }
        }

        private func type(_ lines: [String], _ command: [String]) throws -> Command {
            try Command.run(
                ["python3", Programs.repository + "/Tests/Independent/type_secrets.py"] + command,
                input: lines.joined(separator: "\n"))
        }

        private func unseal(_ passphrase: String) throws -> Answer {
            try vault.connect().ask(
                "POST", "/v1/unseal", headers: Self.octets, body: Array(passphrase.utf8))
        }

        private func open503() throws -> Bool {
            try vault.connect().ask("GET", "/v1/status").code == "sealed"
        }
    }
}

/// The readable memory of another process; for root.
private struct Memory {
    private let pid: pid_t

    init(of pid: pid_t) throws { self.pid = pid }

    func contains(_ bytes: [UInt8]) throws -> Bool {
        let maps = try String(contentsOfFile: "/proc/\(pid)/maps", encoding: .utf8)
        let file = open("/proc/\(pid)/mem", O_RDONLY)
        try #require(file >= 0)
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for line in maps.split(separator: "\n") {
            let parts = line.split(separator: " ")
            let ends = parts[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard parts[1].hasPrefix("rw"), ends.count == 2 else { continue }
            var offset = ends[0]
            // Steps overlap, so that nothing hides on a border.
            while offset < ends[1] {
                let count = min(UInt64(buffer.count), ends[1] - offset)
                let got = pread(file, &buffer, Int(count), off_t(offset))
                guard got > 0 else { break }
                if Data(buffer[..<got]).range(of: Data(bytes)) != nil { return true }
                offset += UInt64(got == buffer.count ? got - bytes.count : got)
            }
        }
        return false
    }
}
