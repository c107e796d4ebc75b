import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// Replicas of ledger and keyring, with the daemon itself.
    @Suite struct ReplicaTests {
        private let places: ScratchDirectory

        init() throws {
            places = try ScratchDirectory()
        }

        /// An erasure is on the replica before its answer; one out of reach is named in the answer, the
        /// status, the metrics and the log, and nothing waits for it.
        @Test func anErasureIsOnEveryReplicaOrNamesIt() throws {
            let (near, far) = try (directory("near"), directory("far"))
            let vault = try TestVault(settings: "ledger:\n  replicas: [\(near), \(far)]")
            try vault.start()
            let ids = try (1...3).map { try vault.create(TestVault.person("R-\($0)")) }
            #expect(try named(vault.erase(ids[0])) == [])
            let ledger = vault.keyringDirectory + "/ledger"
            #expect(try bytes(near + "/ledger") == bytes(ledger))
            #expect(try bytes(far + "/ledger") == bytes(ledger))
            try FileManager.default.moveItem(atPath: far, toPath: far + "-away")
            let answer = try vault.erase(ids[1])
            #expect(answer.status == 200)
            #expect(try named(answer) == [far])
            #expect(try bytes(near + "/ledger") == bytes(ledger))
            let replicas = try vault.connect().ask("GET", "/v1/keys").json["ledgerReplicas"]
            let standings = replicas?.items?.map { $0["standing"]?.text }
            #expect(standings == ["current", "out-of-reach"])
            let metrics = try PrometheusText(vault.connect().ask("GET", "/metrics").text)
            #expect(metrics.value("aitta_ledger_replicas", ["state": "out_of_reach"]) == 1)
            let isLogged = try Poll.until(atMostSeconds: 30) {
                try vault.scratch.read("daemon.err").contains(#""standing":"out-of-reach""#)
                    || vault.scratch.read("daemon.out").contains(#""standing":"out-of-reach""#)
            }
            #expect(isLogged)
            try vault.stop()
            try FileManager.default.moveItem(atPath: far + "-away", toPath: far)
            try vault.start()
            #expect(try bytes(far + "/ledger") == bytes(ledger))
            #expect(try named(vault.erase(ids[2])) == [])
            let certificates = try vault.connect().ask("GET", "/v1/records/\(ids[1])/erasure")
            #expect(
                try named(#require(certificates.json["items"]?.items?.first)) == [far])
            try vault.stop()
        }

        /// A whole machine put back from before, without its replica: refused; with the replica's ledger, as
        /// the hint says, the erased stays erased.
        @Test func aMachinePutBackIsRefusedUntilItTakesTheReplicasLedger() throws {
            let replica = try directory("replica")
            let vault = try TestVault(settings: "ledger:\n  replicas: [\(replica)]")
            try vault.start()
            let id = try vault.create(TestVault.person("R-1"))
            try vault.stop()
            let files = [vault.state, vault.keyringDirectory]
            for file in files {
                try FileManager.default.copyItem(atPath: file, toPath: file + "-old")
            }
            try vault.start()
            #expect(try vault.erase(id).status == 200)
            try vault.stop()
            for file in files {
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.moveItem(atPath: file + "-old", toPath: file)
            }
            let refused = try vault.refusedServe()
            #expect(refused.status == 1)
            #expect(refused.error.contains("error: ledger older"), "\(refused)")
            let pattern = /`(cp [^`]+)`/
            let command = try #require(refused.error.firstMatch(of: pattern))
            let copied = try Command.run(["sh", "-c", String(command.1)])
            #expect(copied.status == 0, "\(copied)")
            // The ledger now knows that the database is older too.
            let older = try vault.refusedServe()
            #expect(older.error.contains("error: log older"), "\(older)")
            let accepted = try vault.aittad(
                "accept", ["--older-database", "--reason", "put-back"])
            #expect(accepted.status == 0, "\(accepted)")
            try vault.start()
            #expect(try vault.read(id).status == 410)
            #expect(try bytes(replica + "/ledger") == bytes(vault.keyringDirectory + "/ledger"))
            try vault.stop()
        }

        /// Another root key reaches the keyring's replicas at once; one out of reach is named, and written by
        /// the next start.
        @Test func aChangeOfTheRootKeyReachesEveryReplicaOrNamesIt() throws {
            let (near, far) = try (directory("near"), places.path + "/far")
            let vault = try TestVault(settings: "keyring:\n  replicas: [\(near), \(far)]")
            try vault.start()
            let answer = try vault.connect().ask(
                "POST", "/v1/keys/root", json: #"{"type":"key-file","path":"next.key"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["replicasOutOfReach"]?.items == [.string(far)])
            for file in ["keyring", "escrow"] {
                #expect(try generation(near + "/" + file) == 2, "\(file)")
                #expect(try generation(vault.keyringDirectory + "/" + file) == 2, "\(file)")
            }
            var status = try vault.connect().ask("GET", "/v1/keys").json
            #expect(status["replicasOutOfReach"]?.items == [.string(far)])
            try vault.stop()
            _ = try directory("far")
            try vault.start()
            let isWritten = try Poll.until(atMostSeconds: 30) {
                try vault.connect().ask("GET", "/v1/keys").json["replicasOutOfReach"]?.items == []
            }
            #expect(isWritten)
            #expect(try generation(far + "/keyring") == 2 && generation(far + "/escrow") == 2)
            status = try vault.connect().ask("GET", "/v1/keys").json
            #expect(status["replicas"]?.items == [.string(near), .string(far)])
            try vault.stop()
        }

        private func directory(_ name: String) throws -> String {
            let path = places.path + "/" + name
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            return path
        }

        private func bytes(_ path: String) throws -> Data {
            try Data(contentsOf: URL(filePath: path))
        }

        /// Of a keyring or an escrow: docs/FORMAT.md.
        private func generation(_ path: String) throws -> UInt64 {
            try bytes(path).dropFirst(25).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        private func named(_ answer: Answer) throws -> [String] { try named(answer.json) }

        private func named(_ certificate: JSONValue) throws -> [String] {
            try #require(certificate["ledgerReplicasOutOfReach"]?.items).compactMap(\.text)
        }
    }
}
