import Foundation
import StrictJSON
import Testing

extension EndToEnd {
    /// docs/FORMAT.md says all that is needed to open a vault: a reader written from it alone does.
    @Suite struct FormatTests {
        @Test func aReaderWrittenFromTheDocumentOpensEverything() throws {
            let vault = try TestVault()
            try vault.start()
            let run = try ImportRun(into: vault, rowsPerBatch: 400)
            try run.start()
            _ = try run.finish()
            let ids = try vault.liveRecords().sorted()
            try change(vault, ids)
            try vault.stop()

            for recovery in [false, true] {
                let opened = try OpenedFiles(vault, recovery: recovery)
                #expect(opened.problems == [] && opened.status == 0, "\(opened.error)")
                #expect(opened.json["erased"] == .array([.string(ids[0])]))
                #expect(opened.json["certificates"]?.items?.count == 2)
                #expect(opened.json["records"]?.members?.count == ids.count - 1)
                #expect(opened.json["replays"]?.integer ?? 0 > 0)
                #expect(opened.json["states"]?["policy"]?["roles"] != nil)
            }
            let opened = try OpenedFiles(vault)
            try vault.start()
            try expectBackupsAgree(with: opened, vault)
            for id in ids.dropFirst().prefix(200) {
                let read = try vault.read(id).json["fields"]?.members ?? []
                let own = opened.fields(id)?.members?.filter { !$0.name.hasPrefix("@") } ?? []
                #expect(
                    read.sorted { $0.name < $1.name } == own.sorted { $0.name < $1.name }, "\(id)")
            }
        }

        /// A complete backup, and one that builds on it.
        private func expectBackupsAgree(with opened: OpenedFiles, _ vault: TestVault) throws {
            let directory = vault.scratch.path + "/backups"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            let records = try #require(opened.json["records"]?.members)
            for round in 1...2 {
                let made = try vault.aitta(["backup", directory])
                try #require(made.status == 0, "\(made.error)")
                let backup = try OpenedFiles(
                    backup: directory, of: vault, recovery: round == 2)
                #expect(backup.problems == [] && backup.status == 0, "\(backup.error)")
                let erased = backup.json["erased"]?.items?.count ?? 0
                #expect(erased == (opened.json["erased"]?.items?.count ?? 0) + round - 1)
                let last = records.count - 1
                for record in records.prefix(last) {
                    #expect(backup.fields(record.name) == record.value["fields"])
                }
                #expect((backup.fields(records[last].name) == nil) == (round == 2))
                if round == 1 { #expect(try vault.erase(records[last].name).status == 200) }
            }
        }

        /// The control: it sees what does not agree.
        @Test func theReaderSeesWhatDoesNotAgree() throws {
            let vault = try TestVault()
            try vault.start()
            _ = try vault.create(TestVault.person("WC-1"))
            _ = try vault.create(TestVault.person("WC-2"))
            try vault.stop()
            #expect(try OpenedFiles(vault).problems == [])
            for statement in [
                "UPDATE key_boxes SET generation = 2 WHERE number = 1",
                "UPDATE segments SET epoch = 2",
                "UPDATE records SET fields = (SELECT fields FROM records WHERE number = 2)"
                    + " WHERE number = 1",
                "DELETE FROM blind_index_1 WHERE record = 1",
                "UPDATE sealed_states SET version = version + 1 WHERE name = 'vault-box'",
            ] {
                let whole = try Data(contentsOf: URL(filePath: vault.database))
                try vault.sql(statement)
                let opened = try OpenedFiles(vault)
                #expect(opened.status == 1, "\(statement)")
                try whole.write(to: URL(filePath: vault.database))
            }
        }

        private func change(_ vault: TestVault, _ ids: [String]) throws {
            let connection = try vault.connect()
            #expect(try vault.erase(ids[0]).status == 200)
            let rights = "data-subject-rights"
            let part = try connection.ask(
                "POST", "/v1/records/\(ids[1])/erasure", purpose: rights,
                json: #"{"reason":"erasure-request","compartments":["contact"]}"#)
            #expect(part.status == 200, "\(part.text)")
            let person = try #require(try vault.find(reference: "WC-10001").first)
            let consent = try connection.ask(
                "POST", "/v1/records/\(person)/consents", purpose: rights,
                json: #"{"purpose":"marketing","state":"given"}"#)
            #expect(consent.status == 201, "\(consent.text)")
            for id in ids[3..<40] {
                let changed = try connection.ask(
                    "PATCH", "/v1/records/\(id)", purpose: "order",
                    json: #"{"fields":{"email":"muutettu@example.fi","phone":null}}"#)
                #expect([200, 422].contains(changed.status), "\(changed.text)")
            }
        }
    }
}
