import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// The root key comes from elsewhere while everything is served, and whatever ends the daemon on the
    /// way leaves a vault that opens.
    @Suite struct RootKeyChangeTests {
        private static let passphrase = "kuusi sanaa riittää vielä paremmin"
        private static let steps = [
            "make-source", "announce-source", "write-keyring", "write-replicas", "note-generation",
            "settle-source",
        ]

        /// Where a root key can come from, for a test.
        private enum Source: String, CaseIterable {
            case keyFile = "key-file"
            case passphrase
            case credential
        }

        private let credentials: ScratchDirectory

        init() throws {
            credentials = try ScratchDirectory()
            for name in ["first", "second"] {
                let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) })
                _ = try credentials.write(
                    "aitta-root-key-1:\(key.base64EncodedString())\n", to: name)
            }
        }

        @Test func eachSourceIsReachedFromEach() throws {
            for from in Source.allCases {
                let vault = try makeVault(from)
                try start(vault, from)
                let id = try vault.create(TestVault.person("R-1"))
                var former = from
                for (number, to) in Source.allCases.filter({ $0 != from }).enumerated() {
                    let answer = try change(vault, to, name: "root-\(number).key")
                    #expect(answer.status == 200, "\(former) to \(to): \(answer.text)")
                    #expect(answer.json["rootKeySource"]?["type"]?.text == to.rawValue)
                    #expect(answer.json["formerRootKeySource"]?["type"]?.text == former.rawValue)
                    #expect(answer.json["keyringGeneration"]?.integer == Int64(number + 2))
                    #expect(try vault.read(id).status == 200)
                    try vault.kill()
                    #expect(try start(vault, to), "\(to) opens after \(former)")
                    #expect(try vault.read(id).status == 200)
                    #expect(try !noteMembers(vault).contains("pendingRootKeySource"))
                    former = to
                }
                // Back to where it began: to another key of the same kind.
                let back = try change(vault, from, name: "root-back.key", credential: "second")
                #expect(back.status == 200, "\(former) to \(from): \(back.text)")
                #expect(try vault.stop() == 0)
                #expect(try start(vault, from))
                #expect(try vault.read(id).status == 200)
                try vault.stop()
                let input = from == .passphrase ? Self.passphrase : ""
                let check = try vault.aittad("check", input: input)
                #expect(check.status == 0, "\(check)")
            }
        }

        /// Killed after each step: the old source or the new one opens the vault, and the note then names it
        /// alone.
        @Test(arguments: steps) func aKillAtAnyStepLeavesAVaultThatOpens(step: String) throws {
            for (from, to) in [
                (Source.keyFile, Source.passphrase), (.passphrase, .keyFile),
                (.keyFile, .credential),
            ] {
                let vault = try makeVault(from)
                vault.environment["AITTA_DEBUG_KILL_AFTER"] = step
                try start(vault, from)
                let id = try vault.create(TestVault.person("R-1"))
                _ = try? change(vault, to, name: "next.key")
                #expect(try vault.daemon?.wait(atMostSeconds: 30) == 128 + SIGKILL, "\(step)")
                vault.environment["AITTA_DEBUG_KILL_AFTER"] = nil
                let isChanged = Self.steps.firstIndex(of: step)! >= 2
                // The credential is there in either case, as systemd would have it.
                vault.environment["CREDENTIALS_DIRECTORY"] = credentials.path
                try start(vault, isChanged ? to : from)
                #expect(try vault.read(id).status == 200, "\(from) to \(to), killed after \(step)")
                let note = try noteMembers(vault)
                #expect(!note.contains("pendingRootKeySource"), "\(note)")
                #expect(
                    note.contains(
                        "\"rootKeySource\":{\"type\":\"\((isChanged ? to : from).rawValue)\""))
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: vault.keyringDirectory)
                        .sorted() == ["escrow", "keyring", "ledger"])
                // And it can be changed again.
                let again = try change(vault, .keyFile, name: "again.key")
                #expect(again.status == 200, "\(again.text)")
                try vault.stop()
                try start(vault, .keyFile)
                #expect(try vault.read(id).status == 200)
                try vault.stop()
            }
        }

        @Test func sourcesThatCannotBeHadAreRefusedAndChangeNothing() throws {
            let vault = try makeVault(.keyFile)
            try start(vault, .keyFile)
            let before = try noteMembers(vault)
            let keyring = try Data(contentsOf: URL(filePath: vault.keyringDirectory + "/keyring"))
            for (body, status, code) in [
                (#"{"type":"key-file","path":"/tmp/elsewhere.key"}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":"../elsewhere.key"}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":"keyring/new.key"}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":".hidden"}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":""}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":"root.key"}"#, 422, "invalid_value"),
                (#"{"type":"key-file"}"#, 422, "invalid_value"),
                (#"{"type":"key-file","path":"a.key","name":"b"}"#, 400, "malformed_request"),
                (#"{"type":"credential","name":"absent"}"#, 422, "invalid_value"),
                (#"{"type":"credential","name":"../first"}"#, 422, "invalid_value"),
                (#"{"type":"passphrase"}"#, 422, "invalid_value"),
                (#"{"type":"tpm"}"#, 422, "invalid_value"), ("[]", 400, "malformed_request"),
            ] {
                let answer = try vault.connect().ask("POST", "/v1/keys/root", json: body)
                #expect(answer.status == status && answer.code == code, "\(body): \(answer.text)")
            }
            let short = try send(vault, passphrase: "too short")
            #expect(short.status == 422 && short.text.contains("15 characters"), "\(short.text)")
            #expect(try noteMembers(vault) == before)
            #expect(
                try Data(contentsOf: URL(filePath: vault.keyringDirectory + "/keyring")) == keyring)
            try vault.stop()
            try start(vault, .keyFile)
        }

        @Test(.needsRoot) func onlyKeyCustodiansMay() throws {
            let (dpo, custodian, admin): (UInt32, UInt32, UInt32) = (41031, 41032, 41033)
            let vault = try TestVault(grants: [
                "uid:\(dpo)=dpo", "uid:\(custodian)=key-custodian", "uid:\(admin)=admin",
            ])
            try vault.start()
            let body = #"{"type":"key-file","path":"next.key"}"#
            for uid in [dpo, admin, 41034] {
                let reply = try vault.ask(as: uid, "POST", "/v1/keys/root", json: body)
                #expect(reply.status == 403, "\(uid): \(reply)")
            }
            let made = try vault.ask(as: custodian, "POST", "/v1/keys/root", json: body)
            #expect(made.status == 200, "\(made)")
        }

        /// The old root key opens nothing that is there now, and ledger and log know of the change.
        @Test func theOldKeyOpensNothing() throws {
            let vault = try makeVault(.keyFile)
            try start(vault, .keyFile)
            #expect(try change(vault, .keyFile, name: "next.key").status == 200)
            let log = try vault.connect().ask("GET", "/v1/audit/entries?limit=1000").text
            #expect(log.contains(#""op":"change-root-key""#))
            #expect(log.contains(#""outcome":"begun""#))
            let status = try vault.connect().ask("GET", "/v1/status").json
            #expect(status["keys"]?["keyringGeneration"]?.integer == 2)
            try vault.stop()
            let keys = vault.scratch.path + "/keys"
            let new = try String(contentsOfFile: keys + "/next.key", encoding: .utf8)
            let old = try String(contentsOfFile: keys + "/root.key", encoding: .utf8)
            #expect(new != old)
            _ = try vault.scratch.write(old, to: "keys/next.key")
            let refused = try vault.refusedServe()
            #expect(refused.status == 1 && refused.error.contains("wrong root key"), "\(refused)")
        }

        private func makeVault(_ source: Source) throws -> TestVault {
            let vault =
                switch source {
                case .keyFile: try TestVault()
                case .passphrase: try TestVault(rootKey: .passphrase(Self.passphrase))
                case .credential:
                    try TestVault(
                        rootKey: .credential(name: "first", directory: credentials.path))
                }
            vault.environment["CREDENTIALS_DIRECTORY"] = credentials.path
            return vault
        }

        /// Starts the daemon, gives the passphrase where one is to be needed, and says whether it serves.
        @discardableResult
        private func start(_ vault: TestVault, _ source: Source) throws -> Bool {
            try vault.start(sealed: true)
            if source == .passphrase {
                let answer = try vault.connect().ask(
                    "POST", "/v1/unseal", headers: [("Content-Type", "application/octet-stream")],
                    body: Array(Self.passphrase.utf8))
                #expect(answer.status == 200, "\(answer.text)")
            }
            return try vault.connect().ask("GET", "/readyz").status == 200
        }

        private func change(
            _ vault: TestVault, _ source: Source, name: String, credential: String = "first"
        ) throws -> Answer {
            switch source {
            case .passphrase: return try send(vault, passphrase: Self.passphrase)
            case .keyFile:
                return try vault.connect().ask(
                    "POST", "/v1/keys/root", json: #"{"type":"key-file","path":"\#(name)"}"#)
            case .credential:
                return try vault.connect().ask(
                    "POST", "/v1/keys/root",
                    json: #"{"type":"credential","name":"\#(credential)"}"#)
            }
        }

        private func send(_ vault: TestVault, passphrase: String) throws -> Answer {
            try vault.connect().ask(
                "POST", "/v1/keys/root", headers: [("Content-Type", "application/octet-stream")],
                body: Array(passphrase.utf8))
        }

        private func noteMembers(_ vault: TestVault) throws -> String {
            try String(contentsOfFile: vault.state + "/vault.json", encoding: .utf8)
        }
    }
}
