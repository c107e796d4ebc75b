import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// P1: nothing readable at rest, nor in what the daemon writes.
    @Suite struct CanaryTests {
        @Test func noValueAndNoKeyIsEverWritten() throws {
            let vault = try TestVault(settings: "log:\n  level: debug")
            try vault.start()
            let ids = try Canary.create(in: vault)
            try Canary.use(ids, of: vault)
            try Canary.misplace(in: vault, id: ids.person)
            let search = ByteSearch(Canary.values + (try keys(of: vault)))
            // While it runs, WAL and all, then after a crash, a restart and an orderly end.
            #expect(try findings(search, vault) == [])
            for id in [ids.contact, ids.person] {
                try #require(try vault.erase(id).status == 200)
            }
            #expect(try findings(search, vault) == [])
            try vault.kill()
            #expect(try findings(search, vault) == [])
            try vault.start()
            #expect(try vault.read(ids.person).status == 410)
            #expect(try vault.read(ids.company).json["fields"]?["ytunnus"]?.text == Canary.ytunnus)
            #expect(try vault.stop() == 0)
            #expect(try findings(search, vault) == [])
        }

        /// The same search finds every value, in every encoding, where they are kept unsealed.
        @Test func theSearchFindsWhatIsNotSealed() throws {
            let scratch = try ScratchDirectory()
            for value in Canary.values {
                for encoding in ByteSearch.encodings(value.bytes) {
                    // Other bytes around it, as in any file.
                    try store(encoding.bytes, in: scratch.path + "/plain.db")
                    let found = try ByteSearch([value]).findings(in: [scratch.path])
                    #expect(found.contains { $0.encoding == encoding.encoding })
                    try FileManager.default.removeItem(atPath: scratch.path + "/plain.db")
                }
            }
        }

        /// A database that seals nothing is found out.
        @Test func theSearchFindsAPlainDatabase() throws {
            let scratch = try ScratchDirectory()
            let script = """
                import sqlite3, sys, base64
                values = [bytes.fromhex(line.strip()) for line in sys.stdin]
                for name, encoding in (("a", "UTF-8"), ("b", "UTF-16le")):
                    database = sqlite3.connect(sys.argv[1] + "/" + name + ".db")
                    database.execute(f"PRAGMA encoding = '{encoding}'")
                    database.execute("PRAGMA journal_mode = WAL")
                    database.execute("CREATE TABLE people (text, bytes, hex, coded)")
                    for v in values:
                        database.execute("INSERT INTO people VALUES (?, ?, ?, ?)",
                            (v.decode(), v, v.hex(), base64.b64encode(b"x" + v).decode()))
                    database.commit()
                """
            let lines = Canary.values.map { value in
                value.bytes.map { String(format: "%02x", $0) }.joined()
            }
            let made = try Command.run(
                ["python3", "-c", script, scratch.path], input: lines.joined(separator: "\n"))
            try #require(made.status == 0, "\(made.error)")
            let found = try ByteSearch(Canary.values).findings(in: [scratch.path])
            for value in Canary.values {
                let encodings = Set(found.filter { $0.name == value.name }.map(\.encoding))
                #expect(
                    encodings.isSuperset(
                        of: ["bytes", "hex", "UTF-16LE", "base64, shifted by 1"]), "\(value.name)")
            }
        }

        /// Everything on disk but the root key's own file, which is searched for values alone.
        private func findings(
            _ search: ByteSearch, _ vault: TestVault
        ) throws -> Set<ByteSearch.Finding> {
            let places = [vault.state, vault.keyringDirectory] + vault.outputs
            let files = places.flatMap(ByteSearch.files)
            #expect(files.contains { $0.hasSuffix("/vault.db") && fileSize($0) > 0 })
            #expect(files.contains { $0.hasSuffix("/ledger") })
            #expect(files.contains { $0.hasSuffix("/daemon.err") && fileSize($0) > 0 })
            return try search.findings(in: places)
        }

        /// The root key and the recovery key, of which nothing else may hold a copy.
        private func keys(of vault: TestVault) throws -> [(name: String, bytes: [UInt8])] {
            let line = try vault.scratch.read("keys/root.key")
                .split(separator: "\n").last { !$0.hasPrefix("#") }
            let root = try #require(
                line.flatMap { Data(base64Encoded: String($0.split(separator: ":")[1])) })
            let recovery =
                try vault.scratch.read("recovery")
                .split(separator: "\n").last { $0.hasPrefix("AITTA-RECOVERY-1-") } ?? ""
            let digits = recovery.dropFirst("AITTA-RECOVERY-1-".count).filter(\.isHexDigit)
            let secret = stride(from: 0, to: 64, by: 2).compactMap { offset in
                UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
            }
            try #require(root.count == 32 && secret.count == 32)
            return [
                ("root key", Array(root)), ("recovery key", secret),
                ("recovery key's text", Array(recovery.utf8)),
            ]
        }

        private func store(_ bytes: [UInt8], in path: String) throws {
            let noise = (0..<64).map { _ in UInt8.random(in: 0...255) }
            try Data(noise + bytes + noise).write(to: URL(filePath: path))
        }

        private func fileSize(_ path: String) -> Int {
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
    }
}
