import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting

@testable import Vault

/// Old rows, boxes and policies put back.
@Suite struct RollbackTests {
    @Test(arguments: [
        (#"{"phone":"+358401999999"}"#, ["address", "phone", "email"]),
        (#"{"email":null}"#, ["address", "phone"]),
        (
            #"{"email":null,"name":{"given":"Aada","family":"Mäki"}}"#,
            ["address", "phone", "name", "reference"]
        ),
    ])
    func oldRowPutBackAloneIsStale(patch: String, withheld: [String]) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.row(of: id)
        opened = try await files.open()
        try await opened.update(id, patch)
        let right = try await opened.read(id)
        await opened.close()
        let new = try files.row(of: id)
        try files.setRow(old, of: id)
        opened = try await files.open()
        let view = try await opened.view(id)
        #expect(view.reasons == Dictionary(uniqueKeysWithValues: withheld.map { ($0, "stale") }))
        #expect(view.texts == right.filter { !withheld.contains($0.key) })
        await opened.close()
        #expect(try await files.check().findings.map(\.kind) == withheld.map { _ in "stale" })
        try files.setRow(new, of: id)
        #expect(try await files.check().findings.isEmpty)
    }

    /// An update that makes a compartment come or go changes the row's layout.
    @Test(arguments: [
        #"{"billing":null}"#, #"{"henkilotunnus":null}"#,
        #"{"henkilotunnus":null,"billing":null}"#,
    ])
    func oldRowOfAnotherLayoutIsStale(patch: String) async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let full = try files.row(of: id)
        opened = try await files.open()
        try await opened.update(id, patch)
        await opened.close()
        let lean = try files.row(of: id)
        try files.setRow(full, of: id)
        try await expectNothingDamaged(files, id)
        try files.setRow(lean, of: id)
        opened = try await files.open()
        try await opened.update(
            id,
            """
            {"billing":{"method":"card"},"henkilotunnus":"\(Person.henkilotunnus(5))"}
            """)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        for old in [lean, full] {
            try files.setRow(old, of: id)
            try await expectNothingDamaged(files, id)
        }
    }

    @Test func oldRowWhereOneCompartmentTookThePlaceOfAnotherIsStale() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let body = try json(
            """
            {"kind":"person","fields":{"name":{"family":"Salo"},\
            "henkilotunnus":"\(Person.henkilotunnus(1))","phone":"\(Person.phone(1))"}}
            """)
        let id = try await opened.create(body)
        await opened.close()
        let old = try files.row(of: id)
        opened = try await files.open()
        try await opened.update(id, #"{"henkilotunnus":null,"billing":{"method":"card"}}"#)
        await opened.close()
        try files.setRow(old, of: id)
        try await expectNothingDamaged(files, id)
    }

    /// Something is withheld, as stale, and nothing as damaged.
    private func expectNothingDamaged(
        _ files: VaultFiles, _ id: RecordID, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let opened = try await files.open()
        let view = try await opened.view(id)
        await opened.close()
        #expect(!view.withheld.isEmpty, sourceLocation: sourceLocation)
        #expect(
            view.reasons.values.allSatisfy { $0 == "stale" }, "\(view.reasons)",
            sourceLocation: sourceLocation)
    }

    @Test func oldBoxPutBackAloneShowsNothingOld() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.box(of: id)
        opened = try await files.open()
        try await opened.update(id, #"{"phone":"+358401999999"}"#)
        await opened.close()
        try files.setBox(old, of: id)
        opened = try await files.open()
        let view = try await opened.view(id)
        #expect(Set(view.reasons.keys) == ["address", "phone", "email"])
        await opened.close()
    }

    @Test func oldRowAndBoxPutBackAreFoundByCheck() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        await opened.close()
        let old = try (files.box(of: id), files.row(of: id))
        opened = try await files.open()
        // The index values stay the same, so that the index can't tell.
        try await opened.update(
            id, #"{"address":{"street":"Uusikatu 1"}}"#, as: opened.editor(),
            purpose: "statutory")
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
        try files.setBox(old.0, of: id)
        try files.setRow(old.1, of: id)
        let findings = try await files.check().findings
        #expect(findings.map(\.kind) == ["rolled-back"])
        #expect(findings.first?.place.contains("record \(id)") == true)
    }

    @Test(arguments: [1, 2])
    func oldPolicyPutBackIsRefused(changes: Int) async throws {
        let files = try await VaultFiles.make()
        let old = try files.state("policy")
        #expect(old.version == 1)
        for number in 0..<changes {
            let opened = try await files.open()
            try await opened.grant("uid:\(4000 + number)", "auditor")
            await opened.close()
        }
        let new = try files.state("policy")
        #expect(new.version == Int64(1 + changes))
        try files.setState("policy", old)
        let error = await openingError { try await files.open() }
        #expect((error as? OpeningError)?.code == .databaseOlder)
        // Neither does trying again help.
        #expect(await openingError { try await files.open() } != nil)
        #expect(try await !files.check().findings.isEmpty)
        try files.setState("policy", new)
        #expect(await openingError { try await files.open() } == nil)
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func everyFlippedBitOfThePolicyIsRefused() async throws {
        let files = try await VaultFiles.make()
        let policy = try files.state("policy")
        let sealed = [UInt8](policy.sealed)
        for offset in stride(from: 0, to: sealed.count, by: 97) {
            var flipped = sealed
            flipped[offset] ^= 1 << UInt8(offset % 8)
            let error = await openingError {
                try await files.open {
                    $0.substitute(StoredState(name: "policy", version: 1, sealed: flipped))
                }
            }
            #expect((error as? KeyError)?.code == .stateDamaged, "byte \(offset)")
            #expect((error as? KeyError)?.place == "policy", "byte \(offset)")
        }
        #expect(await openingError { try await files.open() } == nil)
    }

    @Test func policyMovedFromElsewhereIsRefused() async throws {
        let files = try await VaultFiles.make()
        let right = try files.state("policy")
        try files.setState("policy", try files.state("configuration"))
        #expect((await openingError { try await files.open() } as? KeyError)?.place == "policy")
        // Of another vault with the same keys it would open: the ledger knows better.
        let other = try await VaultFiles.make()
        try files.setState("policy", try other.state("policy"))
        #expect(await openingError { try await files.open() } is KeyError)
        try files.execute("DELETE FROM sealed_states WHERE name = 'policy'")
        let error = await openingError { try await files.open() }
        #expect((error as? OpeningError)?.code == .policyMissing)
        try files.setState("policy", right)
        #expect(await openingError { try await files.open() } == nil)
    }

    /// A policy sealed with the right keys that never was in the ledger.
    @Test func policyThatTheLedgerDoesNotKnowIsRefused() async throws {
        let files = try await VaultFiles.make()
        let ledger = try files.openLedger().ledger
        let right = try files.state("policy")
        try ledger.append(
            [
                .policyAborted(version: 1),
                .policy(version: 1, digest: [UInt8](repeating: 1, count: 32)),
            ],
            milliseconds: 1)
        let error = await openingError { try await files.open() }
        #expect((error as? OpeningError)?.code == .policyDamaged)
        #expect(try files.state("policy").sealed == right.sealed)
    }

    /// The database's count of the ledger: not what a vault wrote, by whoever can write the file.
    @Test(arguments: [
        "UPDATE sealed_states SET version = 0 WHERE name = 'ledger'",
        "UPDATE sealed_states SET version = version - 1 WHERE name = 'ledger'",
        "UPDATE sealed_states SET version = 1000000 WHERE name = 'ledger'",
        "UPDATE sealed_states SET sealed = x'' WHERE name = 'ledger'",
        "UPDATE sealed_states SET sealed = zeroblob(32) WHERE name = 'ledger'",
        "DELETE FROM sealed_states WHERE name = 'ledger'",
        """
        UPDATE sealed_states SET sealed =
        (SELECT sealed FROM sealed_states WHERE name = 'policy') WHERE name = 'ledger'
        """,
    ])
    func aForgedCountOfTheLedgerIsRefused(sql: String) async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        try await opened.grant("uid:4000", "auditor")
        await opened.close()
        let right = try files.state("ledger")
        try files.execute(sql)
        let error = await openingError { try await files.open() }
        #expect((error as? KeyError)?.code == .stateDamaged)
        #expect((error as? KeyError)?.place == "ledger")
        let findings = try await files.check().findings
        #expect(findings.map(\.place) == ["sealed state ledger"])
        try files.execute("DELETE FROM sealed_states WHERE name = 'ledger'")
        try files.execute(
            "INSERT INTO sealed_states (name, version, sealed) VALUES ('ledger', 0, x'')")
        try files.setState("ledger", right)
        #expect(await openingError { try await files.open() } == nil)
        #expect(try await files.check().findings.isEmpty)
    }

    /// With the same count but another vault's or another key's MAC.
    @Test func anotherVaultsCountOfTheLedgerIsRefused() async throws {
        let (files, other) = try await (VaultFiles.make(), VaultFiles.make())
        for files in [files, other] { await (try await files.open()).close() }
        let (right, wrong) = try (files.state("ledger"), other.state("ledger"))
        #expect(right.version == wrong.version && right.sealed != wrong.sealed)
        try files.setState("ledger", wrong)
        let error = await openingError { try await files.open() }
        #expect((error as? KeyError)?.code == .stateDamaged)
    }

    /// The ledger gets a mark of the log every five minutes: a database put back from ten minutes ago is an
    /// older one, though nothing else told the ledger anything.
    @Test func aDatabaseOfTenMinutesAgoIsNoticed() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        try await opened.create(Person.body(1))
        await opened.close()
        let old = try files.copyDatabase()
        opened = try await files.open()
        let before = try opened.vault.ledger.entries().count
        for number in 2...4 {
            try await opened.create(Person.body(number))
            opened.clock.advance(seconds: 100)
        }
        #expect(try opened.vault.ledger.entries().count == before + 1)
        try await opened.create(Person.body(5))
        #expect(try opened.vault.ledger.entries().count == before + 2)
        let ledger = try files.copyLedger()
        await opened.close()
        // As if it had been killed then: a vault that closes leaves a mark of all.
        try files.putBackLedger(ledger)
        try files.putBack(old)
        let error = await openingError { try await files.open(acceptsOlder: false) }
        #expect((error as? OpeningError)?.code == .logOlder)
    }

    @Test func ledgerThatKnowsLessIsRefused() async throws {
        let files = try await VaultFiles.make()
        let old = try files.copyLedger()
        let opened = try await files.open()
        try await opened.grant("uid:4000", "auditor")
        await opened.close()
        let new = try files.copyLedger()
        try files.putBackLedger(old)
        let error = await openingError { try await files.open() }
        #expect((error as? OpeningError)?.code == .ledgerOlder)
        try files.putBackLedger(new)
        #expect(await openingError { try await files.open() } == nil)
    }
}
