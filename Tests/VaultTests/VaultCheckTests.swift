import Foundation
import GRDB
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

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

    /// Final certificates of an erasure and a partial one; everything else about them is put together anew.
    @Test func certificatesOfFinalityAreHeldAgainstTheLedger() async throws {
        let (files, ids) = try await filled()
        let opened = try await files.open()
        try await opened.erase(ids[0], compartments: ["contact"])
        #expect(try await opened.rotate() == .final)
        try await opened.erase(ids[1])
        let waiting = try #require(opened.vault.ledger.rotations.waiting.last)
        guard case .erasure(_, _, let dekIDs) = waiting.event else {
            throw TestFailure("no erasure waits")
        }
        let keyring = opened.vault.keyring
        var finals: [(RecordID, ErasureCertificate)] = []
        for id in [ids[0], ids[1]] {
            for stored in try await opened.store.certificates(of: id) {
                let document = try JSONParser.parse(stored.body)
                #expect(ErasureCertificate.isValid(document, key: keyring.certificateKey.publicKey))
                guard document["final"]?.flag == true else { continue }
                finals.append((id, try #require(ErasureCertificate(final: document))))
            }
        }
        await opened.close()
        let report = try await files.check()
        #expect(report.findings == [])
        #expect(report.certificates == 5)
        let (id, right) = try #require(finals.first)
        let finality = try #require(right.finality)
        func altered(_ change: (inout ErasureCertificate) -> Void) -> ErasureCertificate {
            var certificate = right
            change(&certificate)
            return certificate
        }
        let impossible: [(String, ErasureCertificate)] = [
            ("an entry that is no erasure", altered { $0.finality?.ledgerEntry = 1 }),
            ("an entry that is not there", altered { $0.finality?.ledgerEntry = 4_000_000 }),
            ("another record's erasure", altered { $0.finality?.ledgerEntry -= 1 }),
            ("a rotation that never was", altered { $0.finality?.epoch = 3 }),
            ("the first epoch", altered { $0.finality?.epoch = 1 }),
            ("another time", altered { $0.erasedAt = "2026-01-01T00:00:00Z" }),
            ("other keys", altered { $0.keysDestroyed += 1 }),
        ]
        #expect(try await findings(files, adding: right, of: id, by: keyring) == [])
        for (what, certificate) in impossible {
            #expect(
                try await findings(files, adding: certificate, of: id, by: keyring)
                    == ["certificate-impossible"], "\(what)")
        }
        // One that waits: from after the cutoff.
        var early = right
        early.record = ids[1].description
        early.finality?.ledgerEntry = waiting.number
        early.keysDestroyed = dekIDs.count
        early.erasedAt = Timestamp.text(seconds: waiting.milliseconds / 1000)
        #expect(
            try await findings(files, adding: early, of: ids[1], by: keyring)
                == ["certificate-impossible"])
        #expect(finality.epoch == 2)
        // Not the vault's.
        let other = try VaultFiles.makeKeyring()
        #expect(
            try await findings(files, adding: right, of: id, by: other) == ["certificate-forged"])
        #expect(
            try await findings(files, adding: right, of: ids[2], by: keyring)
                == ["certificate-forged"])
        try files.execute("UPDATE certificates SET body = zeroblob(100) WHERE number = 1")
        #expect(try await files.check().findings.map(\.kind) == ["certificate-forged"])
    }

    /// What the check finds once a certificate, signed by a keyring, is put into the database; it is taken out
    /// again.
    private func findings(
        _ files: VaultFiles, adding certificate: ErasureCertificate, of id: RecordID,
        by keyring: Keyring
    ) async throws -> [String] {
        let message = try SignedDocument.message(
            of: certificate.members, context: ErasureCertificate.context)
        let document = SignedDocument.signed(
            certificate.members, signature: keyring.certificateKey.sign(message),
            by: keyring.certificateKey.publicKey)
        let number = try files.edit { database in
            try database.execute(
                sql: "INSERT INTO certificates (record, entry, body) VALUES (?, 1, ?)",
                arguments: [Data(id.bytes), Data(document.encoded())])
            return database.lastInsertedRowID
        }
        defer { try? files.execute("DELETE FROM certificates WHERE number = \(number)") }
        return try await files.check().findings.map(\.kind)
    }
}

extension ErasureCertificate {
    fileprivate init?(final document: JSONValue) {
        var members = document.members ?? []
        members.removeAll { $0.name == "final" }
        self.init(.object(members + [JSONMember("final", .bool(false))]))
        guard let epoch = document["finalEpoch"]?.integer, let at = document["finalAt"]?.text,
            let entry = document["ledgerEntry"]?.text.flatMap({ UInt64($0) }),
            let places = document["keyringPlaces"]?.integer
        else { return nil }
        finality = Finality(
            epoch: UInt64(epoch), at: at, ledgerEntry: entry, places: Int(places))
    }
}
