import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// Backups, and a vault restored from them on another machine: a new directory, another user.
    @Suite struct BackupTests {
        private func backupDirectory(_ vault: TestVault) throws -> String {
            let path = vault.scratch.path + "/backup"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            return path
        }

        @Test func twoThousandCustomersOnAnotherMachineReadAsBefore() throws {
            let vault = try TestVault()
            let directory = try backupDirectory(vault)
            try vault.start()
            let run = try ImportRun(into: vault, rowsPerBatch: 500)
            try run.start()
            _ = try run.finish()
            let key = try vault.certificatePublicKey
            #expect(try vault.aitta(["backup", directory]).status == 0)
            // What changes is in the next parts, which hold little else.
            let ids = try vault.liveRecords()
            try #require(ids.count >= 2000)
            for (place, id) in ids.prefix(20).enumerated() {
                let changed = try vault.connect().ask(
                    "PATCH", "/v1/records/\(id)", purpose: "order",
                    json: #"{"fields":{"email":"changed\#(place)@example.fi"}}"#)
                try #require(changed.status == 200, "\(changed.text)")
            }
            let persons = try ids[60..<120].filter { id in
                try vault.read(id).json["kind"]?.text == "person"
            }
            let person = try #require(persons.first)
            for state in ["given", "withdrawn"] {
                let consent = try vault.connect().ask(
                    "POST", "/v1/records/\(person)/consents", purpose: "data-subject-rights",
                    json: #"{"purpose":"marketing","state":"\#(state)"}"#)
                try #require(consent.status < 300, "\(consent.text)")
            }
            for id in ids[40..<45] { #expect(try vault.erase(id).status == 200) }
            let second = try vault.aitta(["--json", "backup", directory])
            #expect(second.status == 0, "\(second.error)")
            let sizes = try ["records-000001", "records-000002", "keys-000001", "keys-000002"].map {
                try FileManager.default.attributesOfItem(
                    atPath: "\(directory)/\($0).aitta")[.size] as? Int ?? 0
            }
            #expect(sizes[1] < sizes[0] / 4 && sizes[3] < sizes[2] / 4, "\(sizes)")
            let drill = try vault.aitta(["backup", "drill", directory])
            #expect(drill.status == 0, "\(drill.output)\(drill.error)")
            #expect(!FileManager.default.fileExists(atPath: vault.state + "/drill"))
            // After the last backup: the ledger alone knows.
            for id in ids[50..<53] { #expect(try vault.erase(id).status == 200) }
            let erased = Set(ids[40..<45] + ids[50..<53])
            let connection = try vault.connect()
            var before: [String: String] = [:]
            for id in ids where !erased.contains(id) {
                before[id] = try connection.ask(
                    "GET", "/v1/records/\(id)", purpose: "data-subject-rights"
                ).text
            }
            #expect(try vault.stop() == 0)

            let other = try OtherMachine()
            try other.take(vault, parts: directory)
            try refusals(other, key)
            let restored = try other.restore(records: 2, keys: 2, publicKey: key)
            try #require(restored.status == 0, "\(restored.output)\(restored.error)")
            #expect(restored.output.contains("erased, the records part still has rows: 8"))
            #expect(!restored.output.contains("stale") && !restored.output.contains("lost"))
            let check = try Command.run(
                [Programs.aittad, "check", "--state", other.state], uid: OtherMachine.user)
            #expect(check.status == 0, "\(check.output)\(check.error)")
            try other.serve(vault.settingsFile)
            let after = try HTTPConnection(other.socket)
            for id in ids {
                let answer = try after.ask(
                    "GET", "/v1/records/\(id)", purpose: "data-subject-rights")
                if erased.contains(id) {
                    #expect(answer.status == 410, "\(id)")
                } else {
                    #expect(answer.text == before[id], "\(id)")
                }
            }
            let marketing = try after.ask("GET", "/v1/records/\(person)", purpose: "marketing")
            #expect(marketing.status == 403)
            try other.stop()
        }

        /// What is refused leaves no vault behind.
        private func refusals(_ other: OtherMachine, _ key: String) throws {
            let place = other.scratch.path + "/refused"
            let older = try other.restore(records: 2, keys: 1, publicKey: key, into: place)
            #expect(older.status == 1 && older.error.contains("keys part 2"), "\(older)")
            #expect(older.error.contains("--accept-older-keys"))
            let wrong = try other.restore(
                records: 2, keys: 2, publicKey: String(repeating: "A", count: 43) + "=",
                into: place)
            #expect(wrong.status == 1 && wrong.error.contains("bad signature"), "\(wrong)")
            for part in ["records-000001", "keys-000002"] {
                let file = "\(other.parts)/\(part).aitta"
                let url = URL(filePath: file)
                let original = try Data(contentsOf: url)
                var altered = original
                altered[altered.count / 2] ^= 1
                try altered.write(to: url)
                let refused = try other.restore(records: 2, keys: 2, publicKey: key, into: place)
                #expect(refused.status == 1 && refused.error.contains(part), "\(refused)")
                try original.write(to: url)
                _ = try Command.run(["chown", "\(OtherMachine.user)", file])
            }
            #expect(!FileManager.default.fileExists(atPath: place + "/vault.json"))
            let full = try other.restore(
                records: 2, keys: 2, publicKey: key, into: other.parts)
            #expect(full.status == 1 && full.error.contains("not empty"), "\(full)")
        }

        @Test func aRestoreThatIsKilledLeavesNoVaultAndIsBegunAgain() throws {
            let vault = try TestVault()
            let directory = try backupDirectory(vault)
            try vault.start()
            let run = try ImportRun(into: vault, rowsPerBatch: 500)
            try run.start()
            _ = try run.finish()
            let key = try vault.certificatePublicKey
            #expect(try vault.aitta(["backup", directory]).status == 0)
            #expect(try vault.stop() == 0)
            let other = try OtherMachine()
            try other.take(vault, parts: directory)
            let half = other.scratch.path + "/half"
            let process = try ChildProcess(
                Command.asUser(OtherMachine.user, OtherMachine.user)
                    + other.restoreCommand(records: 1, keys: 1, publicKey: key, into: half),
                output: other.scratch.path + "/out1", error: other.scratch.path + "/err1")
            #expect(
                Poll.until(atMostSeconds: 60) {
                    FileManager.default.fileExists(atPath: half + "/vault.db")
                })
            process.signal(SIGKILL)
            _ = try process.wait()
            let refused = try Command.run(
                [
                    Programs.aittad, "serve", "--config", vault.settingsFile, "--state", half,
                    "--socket", other.socket,
                ], uid: OtherMachine.user)
            #expect(refused.status == 1 && refused.error.contains("not finished"), "\(refused)")
            // The same command, into the same place.
            let again = try other.restore(records: 1, keys: 1, publicKey: key, into: half)
            #expect(again.status == 0, "\(again.output)\(again.error)")
            let check = try Command.run(
                [Programs.aittad, "check", "--state", half], uid: OtherMachine.user)
            #expect(check.status == 0, "\(check.output)\(check.error)")
            // A vault that is there is not overwritten.
            let third = try other.restore(records: 1, keys: 1, publicKey: key, into: half)
            #expect(third.status == 1 && third.error.contains("is not empty"), "\(third)")
        }

        /// `AITTA_LARGE=1 swift test --filter aHundredThousandRecords`; BIN names release programs.
        @Test(
            .needsRoot,
            .enabled(if: ProcessInfo.processInfo.environment["AITTA_LARGE"] != nil))
        func aHundredThousandRecordsOnAnotherMachineReadAsBefore() throws {
            let vault = try TestVault()
            let directory = try backupDirectory(vault)
            try vault.start()
            let key = try vault.certificatePublicKey
            let ids = try (0..<200).flatMap { try createFiveHundred(vault, part: $0) }
            try #require(Set(ids).count == 100_000)
            let clock = ContinuousClock()
            let backup = try clock.measure { try backUp(vault, directory) }
            // Some that the next backup knows to be erased, some that the ledger alone does.
            let erased = stride(from: 0, to: 100_000, by: 997).map { ids[$0] }
            for id in erased.prefix(50) { #expect(try vault.erase(id).status == 200) }
            let second = try clock.measure { try backUp(vault, directory) }
            for id in erased.dropFirst(50) { #expect(try vault.erase(id).status == 200) }
            let before = try readAll(vault.connect(), ids)
            #expect(try vault.stop() == 0)
            let other = try OtherMachine()
            try other.take(vault, parts: directory)
            let restore = try clock.measure {
                let restored = try other.restore(records: 2, keys: 2, publicKey: key)
                #expect(restored.status == 0, "\(restored.output.suffix(500))\(restored.error)")
            }
            print("100,000 records: backup \(backup), the next \(second), restore \(restore)")
            try other.serve(vault.settingsFile)
            let after = try readAll(HTTPConnection(other.socket), ids)
            for (first, then) in zip(before, after) where first != then {
                Issue.record("a page of records reads differently: \(then.prefix(300))")
            }
            #expect(
                after.map { $0.components(separatedBy: "\"code\":\"erased\"").count - 1 }
                    .reduce(0, +) == erased.count)
            #expect(
                after.map { $0.components(separatedBy: "\"status\":200").count - 1 }
                    .reduce(0, +) == 100_000 - erased.count)
            try other.stop()
            let check = try Command.run(
                [Programs.aittad, "check", "--state", other.state], uid: OtherMachine.user)
            #expect(check.status == 0, "\(check.output.suffix(500))\(check.error)")
        }

        private func backUp(_ vault: TestVault, _ directory: String) throws {
            let run = try Command.run(
                [Programs.aitta, "--socket", vault.socket, "backup", directory], atMostSeconds: 300)
            try #require(run.status == 0, "\(run.error)")
        }

        private func createFiveHundred(_ vault: TestVault, part: Int) throws -> [String] {
            let operations = (0..<500).map { place in
                let number = part * 500 + place
                return #"{"op":"create","#
                    + TestVault.person("L-\(number)", email: "l\(number)@example.fi").dropFirst()
            }
            let answer = try vault.connect().ask(
                "POST", "/v1/batch/write", purpose: "order",
                json: #"{"operations":[\#(operations.joined(separator: ","))]}"#)
            return (answer.json["results"]?.items ?? []).compactMap { $0["body"]?["id"]?.text }
        }

        /// What a batch answers for each hundred records, but for the ids of the requests.
        private func readAll(_ connection: HTTPConnection, _ ids: [String]) throws -> [String] {
            try stride(from: 0, to: ids.count, by: 100).map { start in
                let some = ids[start..<start + 100].map { "\"\($0)\"" }
                return try connection.ask(
                    "POST", "/v1/batch/read", purpose: "data-subject-rights",
                    json: #"{"ids":[\#(some.joined(separator: ","))]}"#
                ).text.replacing(#/"requestId":"[^"]*"/#, with: "")
            }
        }

        /// SQLite makes a journal for an instant; a crash may leave it, and any other file of a store.
        @Test func whatADrillThatWasKilledLeftIsInTheWayOfNoOther() throws {
            let vault = try TestVault()
            let directory = try backupDirectory(vault)
            try vault.start()
            _ = try vault.create(TestVault.person("R-1"))
            #expect(try vault.aitta(["backup", directory]).status == 0)
            let place = vault.state + "/drill"
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: false)
            for name in ["vault.db", "vault.db-journal", "access.db-journal", "ledger"] {
                _ = try vault.scratch.write("left", to: "state/drill/" + name)
            }
            let drill = try vault.aitta(["backup", "drill", directory])
            #expect(drill.status == 0, "\(drill.output)\(drill.error)")
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }
}
