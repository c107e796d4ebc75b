import Foundation
import Glibc
import StrictJSON
import Testing

extension EndToEnd {
    /// P3: erased is erased, whatever comes after.
    @Suite struct ErasureTests {
        private static let person = """
            {"kind":"person","reference":"WC-1","fields":{
             "name":{"given":"Aino","family":"Korhonen"},"email":"aino@example.fi",
             "billing":{"iban":"\(Identifiers.iban("1234560000078"))"}}}
            """

        @Test func theCertificateVerifiesAndTheRecordIsGone() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let other = try vault.create(TestVault.person("WC-2"))
            let erased = try vault.erase(id)
            #expect(erased.status == 200)
            #expect(erased.json["record"]?.text == id)
            try expectVerified(erased.text, vault)
            try expectGone(id, vault)
            let signed = Self.signed(erased.json)
            #expect(try Self.signed(vault.erase(id).json) == signed, "a repeat answers the same")
            try vault.kill()
            try vault.start()
            try expectGone(id, vault)
            let certificates = try vault.connect().ask("GET", "/v1/records/\(id)/erasure")
            #expect(certificates.json["items"]?.items?.map(Self.signed) == [signed])
            #expect(try vault.find(reference: "WC-2") == [other])
            let again = try vault.create(Self.person)
            #expect(again != id)
            #expect(try vault.find(reference: "WC-1") == [again])
        }

        /// A certificate without its proof in the log, which is made anew for each answer.
        private static func signed(_ certificate: JSONValue) -> [JSONMember]? {
            certificate.members?.filter { $0.name != "log" }
        }

        @Test func aCompartmentGoesAlone() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let answer = try vault.connect().ask(
                "POST", "/v1/records/\(id)/erasure", purpose: "data-subject-rights",
                json: #"{"reason":"erasure-request","compartments":["contact"]}"#)
            #expect(answer.status == 200, "\(answer.text)")
            try expectVerified(answer.text, vault)
            for restart in [false, true] {
                if restart {
                    try vault.kill()
                    try vault.start()
                }
                let read = try vault.read(id)
                #expect(read.status == 200 && read.json["fields"]?["billing"] != nil)
                #expect(!read.text.contains("aino@example.fi"))
            }
        }

        /// A database file from before the erasure, of the same epoch.
        @Test func anOlderDatabaseBringsNobodyBack() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let kept = try vault.create(TestVault.person("WC-2"))
            try vault.stop()
            let copies = try copyDatabases(of: vault)
            try vault.start()
            #expect(try vault.read(id).status == 200, "the copy holds the record")
            let erased = try vault.erase(id)
            #expect(erased.status == 200)
            try vault.stop()
            try putBack(copies, in: vault)
            // The log lacks what the ledger knows of it: nothing is served until somebody accepts that.
            let check = try vault.aittad("check")
            #expect(check.status == 1)
            let findings = check.output.split(separator: "\n").filter { $0.contains(": ") }
            #expect(findings.contains { $0.hasPrefix("log-") })
            let refused = try vault.refusedServe()
            #expect(refused.status == 1)
            #expect(refused.error.contains("aittad accept --older-database"), "\(refused.error)")
            let accepted = try vault.aittad("accept", ["--older-database", "--reason", "test"])
            #expect(accepted.status == 0, "\(accepted.error)")
            try vault.start()
            try expectGone(id, vault)
            #expect(try vault.find(reference: "WC-2") == [kept])
            try vault.stop()
            let clean = try vault.aittad("check")
            #expect(clean.status == 0, "\(clean.output)")
        }

        @Test func aRotationMakesItFinalAndSaysSo() throws {
            let vault = try TestVault()
            try vault.start()
            let id = try vault.create(Self.person)
            let kept = try vault.create(TestVault.person("WC-2"))
            #expect(try vault.erase(id).status == 200)
            func certificates() throws -> [JSONValue] {
                let answer = try vault.connect().ask("GET", "/v1/records/\(id)/erasure")
                return answer.json["items"]?.items ?? []
            }
            #expect(try certificates().map { $0["final"]?.flag } == [false])
            let rotated = try vault.aitta(["keys", "rotate"])
            #expect(rotated.status == 0, "\(rotated.error)")
            let both = try certificates()
            #expect(both.map { $0["final"]?.flag } == [false, true])
            #expect(both.last?["log"] != nil, "with its place in the log")
            let final = String(decoding: try #require(both.last).encoded(), as: UTF8.self)
            try expectVerified(final, vault)
            try vault.kill()
            try vault.start()
            #expect(try vault.find(reference: "WC-2") == [kept])
            #expect(try vault.find(reference: "WC-1") == [])
        }

        @Test func aResumedImportBringsNobodyBack() throws {
            let vault = try TestVault()
            try vault.start()
            let run = try ImportRun(into: vault, rowsPerBatch: 10)
            try run.start()
            let connection = try vault.connect()
            let isUnderWay = try Poll.until(atMostSeconds: 60) {
                let status = try connection.ask("GET", "/v1/status")
                return (status.json["records"]?.integer ?? 0) > 600 || !run.isRunning
            }
            try #require(isUnderWay && run.isRunning)
            try run.kill()
            // The newest: the importer was not told of all of them, and will send them again.
            let newest = try vault.liveRecords().sorted().suffix(120)
            var references: Set<String> = []
            for id in newest {
                let record = try vault.read(id)
                if let reference = record.json["fields"]?["reference"]?.text {
                    references.insert(reference)
                }
                #expect(try vault.erase(id).status == 200)
            }
            #expect(references.count > 50)
            let again = try run.rowsAfterInterruption().filter(references.contains)
            #expect(!again.isEmpty, "rows of erased people are sent again")
            try run.start()
            _ = try run.finish()
            for id in newest { #expect(try vault.read(id).status == 410) }
            for reference in references { #expect(try vault.find(reference: reference) == []) }
            // Another import of the same people is new data: new records, under new ids.
            let anew = try ImportRun(into: vault, rowsPerBatch: 400)
            try anew.start()
            _ = try anew.finish()
            let rejected = anew.rejected
            for reference in references where rejected[reference] == nil {
                let found = try vault.find(reference: reference)
                #expect(found.count == 1 && !newest.contains(found[0]))
            }
            // A double of an erased person, refused before, may have come in since.
            let refused = references.compactMap { rejected[$0] }
            #expect(refused.count < 5 && refused.allSatisfy { $0.contains("duplicate: ") })
            for id in newest { #expect(try vault.read(id).status == 410) }
        }

        @Test func theLogIsTruncatedSoonAfter() throws {
            let vault = try TestVault()
            try vault.start()
            let ids = try (0..<20).map { try vault.create(TestVault.person("WC-\($0)")) }
            #expect(logSize(of: vault) > 0)
            for id in ids.prefix(10) { #expect(try vault.erase(id).status == 200) }
            let clock = ContinuousClock()
            let start = clock.now
            // The setting's default is 200 ms.
            #expect(Poll.until(atMostSeconds: 5) { logSize(of: vault) == 0 })
            print("the log was empty after \(clock.now - start)")
        }

        private func expectGone(_ id: String, _ vault: TestVault) throws {
            let rights = "data-subject-rights"
            let path = "/v1/records/\(id)"
            let connection = try vault.connect()
            let answers = [
                try connection.ask("GET", path, purpose: rights),
                try connection.ask("GET", path + "/contacts", purpose: rights),
                try connection.ask(
                    "PATCH", path, purpose: "order", json: #"{"fields":{"phone":null}}"#),
                try connection.ask(
                    "POST", path + "/verify", purpose: rights,
                    json: #"{"field":"email","value":"aino@example.fi"}"#),
            ]
            for answer in answers {
                #expect(answer.status == 410 && answer.code == "erased", "\(answer.text)")
            }
            #expect(try vault.find(reference: "WC-1") == [])
            let list = try connection.ask("GET", "/v1/records?limit=1000", purpose: rights)
            let listed = list.json["items"]?.items?.first { $0["id"]?.text == id }
            #expect(listed?["state"]?.text == "erased")
        }

        private func expectVerified(_ certificate: String, _ vault: TestVault) throws {
            let keys = try vault.connect().ask("GET", "/v1/keys")
            let key = try #require(
                keys.json["keys"]?.items?.first { $0["use"]?.text == "certificates" }?["publicKey"]?
                    .text)
            let file = try vault.scratch.write(certificate, to: "certificate.json")
            let verify = [Programs.aitta, "certificate", "verify", "--public-key", key]
            let valid = try Command.run(verify + [file])
            #expect(valid.status == 0, "\(valid.error)")
            let altered = try vault.scratch.write(
                certificate.replacing("erasure-request", with: "erasure-requess"),
                to: "altered.json")
            #expect(try Command.run(verify + [altered]).status == 1)
        }

        private func logSize(of vault: TestVault) -> Int {
            var status = stat()
            return stat(vault.database + "-wal", &status) == 0 ? Int(status.st_size) : -1
        }

        private func copyDatabases(of vault: TestVault) throws -> [String: Data] {
            var copies: [String: Data] = [:]
            for file in ByteSearch.files(under: vault.state) where file.contains(".db") {
                copies[file] = try Data(contentsOf: URL(filePath: file))
            }
            return copies
        }

        private func putBack(_ copies: [String: Data], in vault: TestVault) throws {
            for file in ByteSearch.files(under: vault.state) where file.contains(".db") {
                try FileManager.default.removeItem(atPath: file)
            }
            for (file, data) in copies {
                try data.write(to: URL(filePath: file))
                #expect(chmod(file, 0o600) == 0)
            }
        }
    }
}
