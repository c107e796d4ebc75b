import Foundation
import GRDB
import Storage
import StrictJSON
import Testing
import Vault

@Suite struct VaultCheckTests {
    /// A vault with a few records, one erased, closed.
    private func filled() async throws -> (files: VaultFiles, ids: [RecordID]) {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        var ids: [RecordID] = []
        for number in 1...4 { ids.append(try await opened.create(Person.body(number))) }
        let company = try await opened.create(Person.company(10))
        try await opened.create(Person.contact(11, of: "\(company)"))
        try await opened.erase(ids.removeLast())
        try await opened.update(ids[0], #"{"email":"a@b.fi"}"#)
        await opened.close()
        return (files, ids)
    }

    @Test func cleanVaultHasNoFindings() async throws {
        let (files, _) = try await filled()
        let report = try await files.check()
        #expect(report.findings.isEmpty)
        #expect(report.records == 5 && report.segments == 1)
        #expect(report.fields == 3 * 7 + 3 + 2)
        // Of a person 8 (three of the name), of the company 3, of the contact 5.
        #expect(report.indexEntries == 3 * 8 + 3 + 5)
        #expect(report.ledgerEntries >= 2)
        #expect(report.logEntries >= 10)
    }

    @Test(arguments: [
        ("UPDATE segments SET wrapped = zeroblob(72)", "damaged", "segment 1"),
        (
            "UPDATE sealed_states SET sealed = zeroblob(400) WHERE name = 'policy'", "damaged",
            "policy"
        ),
        ("DELETE FROM sealed_states WHERE name = 'policy'", "damaged", "policy"),
        (
            "UPDATE sealed_states SET sealed = zeroblob(400) WHERE name = 'vault-box'", "damaged",
            "vault-box"
        ),
        (
            "UPDATE sealed_states SET sealed = zeroblob(400) WHERE name = 'configuration'",
            "damaged", "configuration"
        ),
        (
            "UPDATE key_boxes SET box = zeroblob(808) WHERE number = 1", "damaged",
            "key box of record"
        ),
        ("UPDATE key_boxes SET generation = 7 WHERE number = 2", "damaged", "key box of record"),
        ("UPDATE key_boxes SET segment = 9 WHERE number = 2", "damaged", "key box of record"),
        ("UPDATE records SET fields = zeroblob(500) WHERE number = 1", "damaged", "field name"),
        ("DELETE FROM records WHERE number = 1", "damaged", "record"),
        ("UPDATE tombstones SET body = zeroblob(41)", "damaged", "tombstone of record"),
        ("DELETE FROM tombstones", "erasure-missing", "record"),
        ("DELETE FROM blind_index_1 WHERE record = 1", "index-missing", "record"),
        ("DELETE FROM blind_index_1", "index-missing", "record"),
        ("INSERT INTO blind_index_1 (tag, record) VALUES (5, 1)", "index-surplus", "1 entries"),
        ("INSERT INTO blind_index_1 (tag, record) VALUES (5, 99)", "index-surplus", "not there"),
        ("UPDATE blind_index_1 SET record = 2 WHERE record = 1", "index-missing", "record"),
        (
            "UPDATE blind_index_1 SET record = 3 - record WHERE record < 3", "index-missing",
            "record"
        ),
    ])
    func damageIsFoundAndNamed(sql: String, kind: String, place: String) async throws {
        let (files, _) = try await filled()
        #expect(try await files.check().findings.isEmpty)
        try files.execute(sql)
        let findings = try await files.check().findings
        #expect(
            findings.contains { $0.kind == kind && $0.place.contains(place) }, "\(findings)")
    }

    /// An entry with its hash made anew is whole by itself; the ledger's mark tells.
    @Test(arguments: [
        ("UPDATE audit SET entries = zeroblob(length(entries)) WHERE first = 1", "log-altered"),
        ("UPDATE audit SET hashes = zeroblob(length(hashes)) WHERE first = 1", "log-altered"),
        ("DELETE FROM audit WHERE first = 1", "log-missing"), ("DELETE FROM audit", "log-missing"),
        ("DELETE FROM audit WHERE first = 1", "log-altered"),
    ])
    func damageOfTheLogIsNamed(sql: String, kind: String) async throws {
        let (files, _) = try await filled()
        try files.execute(sql)
        let findings = try await files.check().findings
        #expect(findings.contains { $0.kind == kind }, "\(findings)")
    }

    @Test func cutOffLogIsNamed() async throws {
        let (files, _) = try await filled()
        try files.execute("DELETE FROM audit WHERE first > 1")
        try files.executeOnAccesses("DELETE FROM accesses WHERE first > 1")
        let findings = try await files.check().findings
        #expect(findings.contains { $0.kind == "log-shorter" }, "\(findings)")
    }

    /// The rest is checked all the same.
    @Test func damageOfOneRecordHidesNoOther() async throws {
        let (files, ids) = try await filled()
        try files.execute("UPDATE key_boxes SET box = zeroblob(808) WHERE number = 1")
        var row = try files.row(of: ids[1])
        row[row.count - 1] ^= 1
        try files.setRow(row, of: ids[1])
        let report = try await files.check()
        #expect(report.records == 4)
        #expect(report.findings.contains { $0.place == "key box of record \(ids[0])" })
        #expect(report.findings.contains { $0.place == "field billing of record \(ids[1])" })
        let others = report.findings.filter { !$0.kind.hasPrefix("index") }
        #expect(!others.contains { $0.place.contains("\(ids[2])") })
    }

    @Test(arguments: [
        "DELETE FROM blind_index_1", "UPDATE blind_index_1 SET record = 2",
        "INSERT INTO blind_index_1 (tag, record) VALUES (5, 99)",
        "UPDATE blind_index_1 SET record = 99 WHERE record = 2",
    ])
    func rebuildingMendsTheIndex(sql: String) async throws {
        let (files, ids) = try await filled()
        try files.execute(sql)
        #expect(try await !files.check().findings.isEmpty)
        let count = try await files.withCheck { try await $0.rebuildIndex() }
        let report = try await files.check()
        #expect(report.findings.isEmpty)
        #expect(report.indexEntries == count)
        let opened = try await files.open()
        #expect(try await opened.find("reference", .string("WC-2")) == [ids[1]])
        #expect(
            try await opened.find("billing", .string("FI2112345600000785")).count == 3)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func erasedButLiveIsFound() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.copyDatabase()
        opened = try await files.open()
        try await opened.erase(id)
        await opened.close()
        try files.putBack(old)
        let findings = try await files.check().findings
        #expect(findings.contains { $0.kind == "erased-but-live" && $0.place == "record \(id)" })
    }
}
