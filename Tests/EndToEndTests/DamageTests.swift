import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// What is wrong with files is told, with what to do, and nothing is lost by it.
    @Suite struct DamageTests {
        private let vault: TestVault
        private let id: String

        init() throws {
            vault = try TestVault()
            try vault.start()
            id = try vault.create(TestVault.person("WC-1"))
            try vault.stop()
        }

        @Test func keyFilesThatOthersCanReadAreRefused() throws {
            try expectRefusal(naming: "key file exposed") {
                #expect(chmod(vault.keyFile, 0o640) == 0)
                return { chmod(vault.keyFile, 0o600) }
            }
        }

        @Test func otherKeyFilesAreRefused() throws {
            for (text, name) in [
                ("", "key file malformed"), ("aitta-root-key-1:", "key file malformed"),
                ("aitta-root-key-1:AAAA\n", "key file malformed"),
                (
                    try String(
                        contentsOfFile: Programs.repository + "/keys.example", encoding: .utf8),
                    "key file example"
                ),
                (
                    "aitta-root-key-1:" + Data((0..<32).map { UInt8($0) }).base64EncodedString(),
                    "wrong root key"
                ),
            ] {
                try expectRefusal(naming: name) { try replace(vault.keyFile, by: Array(text.utf8)) }
            }
            try expectRefusal(naming: "key file missing") { try moveAway(vault.keyFile) }
        }

        @Test func aMissingOrDamagedKeyringIsRefused() throws {
            let keyring = vault.keyringDirectory + "/keyring"
            try expectRefusal(naming: "keyring missing") { try moveAway(keyring) }
            let bytes = Array(try Data(contentsOf: URL(filePath: keyring)))
            for place in stride(from: 0, to: bytes.count, by: 41) {
                var damaged = bytes
                damaged[place] ^= 0x10
                try expectRefusal { try replace(keyring, by: damaged) }
            }
            try expectRefusal(naming: "keyring damaged") {
                try replace(keyring, by: Array(bytes.dropLast()))
            }
            let other = try TestVault()
            try expectRefusal(naming: "keyring of other vault") {
                try replace(
                    keyring,
                    by: Array(
                        try Data(contentsOf: URL(filePath: other.keyringDirectory + "/keyring"))))
            }
        }

        @Test func aMissingOrDamagedLedgerIsRefused() throws {
            let ledger = vault.keyringDirectory + "/ledger"
            try expectRefusal(naming: "ledger missing") { try moveAway(ledger) }
            let bytes = Array(try Data(contentsOf: URL(filePath: ledger)))
            for place in [0, 12, 40, bytes.count / 2, bytes.count - 1] {
                var damaged = bytes
                damaged[place] ^= 0x10
                try expectRefusal(naming: "ledger") { try replace(ledger, by: damaged) }
            }
        }

        @Test func aDatabaseOfANewerSchemaIsRefused() throws {
            try expectRefusal(naming: "schema version 99") {
                let bytes = Array(try Data(contentsOf: URL(filePath: vault.database)))
                let set = try Command.run([
                    "python3", "-c",
                    "import sqlite3,sys; sqlite3.connect(sys.argv[1])"
                        + ".execute('PRAGMA user_version = 99')",
                    vault.database,
                ])
                try #require(set.status == 0)
                let path = vault.database
                return { try Data(bytes).write(to: URL(filePath: path)) }
            }
        }

        @Test func aMissingOrForeignDatabaseIsRefused() throws {
            try expectRefusal(naming: "no database") { try moveAway(vault.database) }
            try expectRefusal(naming: "damaged") {
                try replace(vault.database, by: Array("nothing of the kind".utf8))
            }
            let other = try TestVault()
            try expectRefusal {
                try replace(
                    vault.database, by: Array(try Data(contentsOf: URL(filePath: other.database))))
            }
        }

        @Test func aCatalogueThatCannotBeReadIsRefused() throws {
            let settings = try String(contentsOfFile: vault.settingsFile, encoding: .utf8)
            let catalogue = vault.scratch.path + "/catalogue.yaml"
            func use(_ text: String?) throws -> () throws -> Void {
                if let text { _ = try vault.scratch.write(text, to: "catalogue.yaml") }
                return try replace(
                    vault.settingsFile, by: Array("\(settings)\ncatalogue: \(catalogue)\n".utf8))
            }
            try expectRefusal(naming: "catalogue") { try use(nil) }
            try expectRefusal(naming: "catalogue") { try use("fields: [") }
            try expectRefusal(naming: "catalogue") { try use("version: 1\nshoes: 7\n") }
        }

        @Test func settingsThatAreWrongAreRefused() throws {
            let settings = try String(contentsOfFile: vault.settingsFile, encoding: .utf8)
            for wrong in ["nonsense: 1", "shutdownSeconds: 0", "shutdownSeconds: many", "- ["] {
                try expectRefusal {
                    try replace(vault.settingsFile, by: Array("\(settings)\n\(wrong)\n".utf8))
                }
            }
        }

        @Test func aStateDirectoryThatIsReadOnlyIsRefused() throws {
            let user: [String]
            let uid: UInt32 = 41010
            if geteuid() == 0 {
                user = Command.asUser(uid, uid)
                let owned = try Command.run(["chown", "-R", "\(uid)", vault.scratch.path])
                try #require(owned.status == 0)
            } else {
                user = []
            }
            try expectRefusal(as: user) {
                #expect(chmod(vault.state, 0o500) == 0)
                return { chmod(vault.state, 0o700) }
            }
        }

        @Test func aSecondDaemonIsRefusedBeforeItTouchesTheSocket() throws {
            try vault.start()
            let before = inode(of: vault.socket)
            let second = try vault.refusedServe()
            #expect(second.status == 1)
            #expect(second.error.contains("another process works on"))
            #expect(second.error.contains("hint: "))
            #expect(before != nil && before == inode(of: vault.socket))
            for command in [["check"], ["grant", "uid:1=dpo", "--reason", "x"]] {
                let other = try vault.aittad(command[0], Array(command.dropFirst()))
                #expect(other.status == 1 && other.error.contains("another process works on"))
            }
            #expect(try vault.read(id).status == 200)
        }

        /// What `check` says is worth something: it finds what is there to be found.
        @Test(arguments: [
            "UPDATE key_boxes SET box = CAST(substr(box, 1, 60) || x'00' || substr(box, 62) AS BLOB)",
            "UPDATE records SET fields = CAST(substr(fields, 1, 60) || x'00' || substr(fields, 62)"
                + " AS BLOB)",
            "DELETE FROM blind_index_1", "DELETE FROM records",
            "UPDATE segments SET wrapped = zeroblob(length(wrapped))",
        ])
        func checkFindsDamage(sql: String) throws {
            let sound = try vault.aittad("check")
            #expect(sound.status == 0 && sound.output.contains("everything opens and agrees"))
            let altered = try Command.run([
                "python3", "-c",
                "import sqlite3,sys; d = sqlite3.connect(sys.argv[1], isolation_level=None);"
                    + " assert d.execute(sys.argv[2]).rowcount > 0",
                vault.database, sql,
            ])
            try #require(altered.status == 0, "\(altered.error)")
            let check = try vault.aittad("check")
            #expect(check.status == 1, "\(check)")
            #expect(check.output.contains("findings") || check.error.hasPrefix("error: "))
            #expect(!check.output.contains("everything opens"))
        }

        /// The daemon refuses with an error and a hint, and once the damage is mended it serves what
        /// it had.
        private func expectRefusal(
            naming name: String? = nil, as user: [String] = [],
            damage: () throws -> () throws -> Void
        ) throws {
            let mend = try damage()
            let refused = try vault.refusedServe(as: user)
            try mend()
            #expect(refused.status == 1)
            #expect(refused.error.hasPrefix("error: "), "\(refused)")
            #expect(name.map { refused.error.contains($0) } ?? true, "\(refused)")
            #expect(refused.error.contains("hint: "), "\(refused)")
            #expect(!refused.error.contains("Fatal error"))
            try vault.start(as: user)
            #expect(try vault.read(id).json["fields"]?["email"]?.text == "aino@example.fi")
            #expect(try vault.stop() == 0)
        }

        private func replace(_ path: String, by bytes: [UInt8]) throws -> () throws -> Void {
            let before = try Data(contentsOf: URL(filePath: path))
            let write = { (data: Data) in
                // In place: mode and owner stay.
                let file = try FileHandle(forWritingTo: URL(filePath: path))
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: data)
                try file.close()
            }
            try write(Data(bytes))
            return { try write(before) }
        }

        private func moveAway(_ path: String) throws -> () throws -> Void {
            try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
            return { try FileManager.default.moveItem(atPath: path + ".away", toPath: path) }
        }

        private func inode(of path: String) -> UInt64? {
            var status = stat()
            return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
        }
    }
}
