import Cryptography
import KeyManagement
import Storage
import StrictJSON
import Testing
import VaultTesting
import Verification

@testable import Vault

@Suite struct HoldTests {
    private static let bookkeeping = """
        {"ground":"legal-obligation","basis":"Kirjanpitolaki 2:10","until":"2032-12-31",\
        "compartments":["billing"]}
        """

    @Test func whatIsHeldWaitsAndTheRestIsShredded() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        #expect(try await opened.hold(id, "bookkeeping", Self.bookkeeping) == 2)
        let certificate = try await opened.erase(id)
        #expect(certificate["shredded"] == (try json(#"["contact","identity","nationalId"]"#)))
        #expect(
            certificate["retained"]
                == (try json(
                    """
                    [{"compartment":"billing","ground":"legal-obligation",\
                    "until":"2033-01-01T00:00:00Z"}]
                    """)))
        #expect(certificate["keysDestroyed"]?.integer == 3)
        for _ in 0..<2 {
            #expect(try await Set(opened.read(id).keys) == ["billing"])
            #expect(try await opened.find("email", .string(Person.email(1))).isEmpty)
            #expect(try await opened.find("billing", .string("FI2112345600000785")) == [id])
            let holds = try await opened.holds(id)
            #expect(holds["waitingErasure"]?["compartments"] == (try json(#"["billing"]"#)))
            #expect(holds["waitingErasure"]?["whole"]?.flag == true)
            #expect(holds["items"]?.items?.first?["active"]?.flag == true)
            await opened.close()
            #expect(try await files.check().findings.isEmpty)
            opened = try await files.open()
        }
        await opened.close()
    }

    @Test func whoWantsToBeErasedIsReachedForContractAndLawAlone() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        let part = try await opened.create(Person.body(2))
        for one in [id, part] { try await opened.hold(one, "bookkeeping", Self.bookkeeping) }
        try await opened.erase(id)
        try await opened.erase(part, compartments: ["billing"])
        let reader = TestCaller.caller(5000)
        try await opened.grantRole(
            "reader",
            """
            [{"operations":["read"],"fields":"all","view":"plain",\
            "purposes":["billing","legitimate-interest"]}]
            """, to: reader)
        func read(_ id: RecordID, _ purpose: String) async throws -> Int {
            try await opened.read(id, as: reader, purpose: purpose).count
        }
        #expect(try await read(id, "billing") == 1)
        #expect(try await opened.read(id).count == 1)
        await expectError(.notGranted) { _ = try await read(id, "legitimate-interest") }
        // A part that waits closes no purpose.
        #expect(try await read(part, "legitimate-interest") == 7)
        await opened.close()
    }

    @Test func theLastHoldToEndErases() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.hold(id, "bookkeeping", Self.bookkeeping)
        try await opened.hold(
            id, "dispute", #"{"ground":"legal-claim","basis":"KKO 2026/1","until":null}"#)
        let first = try await opened.erase(id)
        #expect(first["shredded"]?.items == [] && first["retained"]?.items?.count == 5)
        let second = try #require(try await opened.endHold(id, "dispute").certificate)
        #expect(second["shredded"]?.items?.count == 3)
        #expect(second["previous"]?.text == Self.digest(first))
        let ended = try await opened.endHold(id, "bookkeeping")
        let third = try #require(ended.certificate)
        #expect(ended.version == nil)
        #expect(third["shredded"] == (try json(#"["@rights","billing"]"#)))
        #expect(third["retained"]?.items == [] && third["previous"]?.text == Self.digest(second))
        await expectError(.erased) { _ = try await opened.read(id) }
        // Each certificate of something destroyed gets one of finality, and the other none.
        #expect(try await opened.rotate() == .final)
        let all = try await opened.certificates(id)
        #expect(all.count == 5)
        let finals = all.filter { $0["final"]?.flag == true }
        #expect(finals.map { $0["keysDestroyed"]?.integer } == [3, 2])
        #expect(finals.map { $0["shredded"] } == [second["shredded"], third["shredded"]])
        #expect(zip(all, all.dropFirst()).allSatisfy { $1["previous"]?.text == Self.digest($0) })
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func timeEndsAHoldOnceTheClockIsBelieved() async throws {
        let files = try await VaultFiles.make()
        let clock = files.clock
        let opened = try await files.open()
        let held = try await opened.create(Person.body(1))
        let free = try await opened.create(Person.body(2))
        for id in [held, free] { try await opened.hold(id, "bookkeeping", Self.bookkeeping) }
        try await opened.erase(held)
        #expect(try await opened.vault.releaseHeldData() == 0)
        clock.advance(seconds: 86_400)
        try await opened.vault.releaseHeldData()
        #expect(try await opened.read(held).count == 1, "the hold still stands")
        clock.advance(seconds: 7 * 366 * 86_400)
        #expect(try await opened.vault.releaseHeldData() == 0)
        #expect(try await opened.read(held).count == 1, "nobody confirmed the clock")
        let proof = try await opened.authorize(RotateKeys.self, TestCaller.custodian, nil)
        try await opened.vault.confirmClock(proof, reason: "long-silence")
        #expect(try await opened.vault.releaseHeldData() == 1)
        await expectError(.erased) { _ = try await opened.read(held) }
        #expect(try await opened.read(free).count == 7, "nobody asked for its erasure")
        let erasures = try await opened.audit().filter { $0["op"]?.text == "erase" }
        let entry = try #require(erasures.last)
        #expect(entry["record"]?.text == held.description)
        #expect(entry["reason"]?.text == "customer-request")
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    @Test func aPartThatWaitsGoesAndTheRecordLivesOn() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.consent(id, "given")
        try await opened.hold(id, "order", #"{"ground":"contract","basis":"tilaus 7"}"#)
        let first = try await opened.erase(id, compartments: ["contact"])
        #expect(first["keysDestroyed"]?.integer == 0)
        // Asked for again, there is nothing new to say; another part joins it.
        #expect(
            try await opened.erase(id, compartments: ["contact"])["signature"]
                == first["signature"])
        try await opened.erase(id, compartments: ["billing"])
        let ended = try await opened.endHold(id, "order")
        #expect(ended.certificate?["shredded"] == (try json(#"["billing","contact"]"#)))
        #expect(try await Set(opened.read(id).keys) == ["name", "reference", "henkilotunnus"])
        #expect(try await opened.holds(id)["waitingErasure"]?.isNull == true)
        #expect(try await opened.consents(id).count == 1)
        #expect(try await opened.endHold(id, "order").certificate == nil)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// A hold that can't be read holds.
    @Test func nothingIsErasedWhereTheHoldsAreDamaged() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        let free = try await opened.create(Person.body(2))
        try await opened.hold(id, "bookkeeping", Self.bookkeeping)
        await opened.close()
        for one in [id, free] {
            var row = try files.row(of: one)
            row[row.count - 1] ^= 1
            try files.setRow(row, of: one)
        }
        opened = try await files.open()
        await expectError(.conflict) { try await opened.erase(id) }
        try await opened.erase(free)
        await opened.close()
    }

    /// Compartments that came after the rights keep their places when these go.
    @Test func indexValuesKeepTheirFieldsWhenTheRightsGo() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.bare(1))
        try await opened.hold(id, "order", #"{"ground":"contract","basis":"tilaus 7"}"#)
        try await opened.update(
            id, #"{"billing":{"method":"invoice","iban":"FI2112345600000785"}}"#)
        try await opened.update(id, #"{"email":"a@b.fi"}"#)
        try await opened.erase(id, compartments: ["billing"])
        #expect(try await opened.endHold(id, "order").certificate != nil)
        #expect(try await opened.find("email", .string("a@b.fi")) == [id])
        try await opened.update(id, #"{"email":null}"#)
        #expect(try await opened.find("email", .string("a@b.fi")).isEmpty)
        await opened.close()
        #expect(try await files.check().findings.isEmpty)
    }

    /// What comes later is no part of what waits.
    @Test func whatIsGivenLaterStays() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.hold(id, "bookkeeping", Self.bookkeeping)
        try await opened.erase(id, compartments: ["contact", "billing"])
        try await opened.update(id, #"{"email":"a@b.fi"}"#)
        #expect(try await opened.vault.releaseHeldData() == 0)
        #expect(
            try await opened.endHold(id, "bookkeeping").certificate?["shredded"]
                == (try json(#"["billing"]"#)))
        #expect(try await opened.read(id)["email"] != nil)
        await opened.close()
    }

    @Test func aDoubtedClockEndsNoHold() async throws {
        let files = try await VaultFiles.make()
        let opened = try await files.open()
        let id = try await opened.create(Person.body(1))
        try await opened.hold(id, "bookkeeping", Self.bookkeeping)
        files.clock.advance(seconds: 10 * 366 * 86_400)
        await opened.vault.maintain()
        let certificate = try await opened.erase(id)
        #expect(certificate["retained"]?.items?.count == 1)
        #expect(try await opened.endHold(id, "no-such").certificate == nil)
        #expect(try await opened.read(id).count == 1)
        await opened.close()
    }

    @Test func aHeldValueIsNotRemoved() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        try await opened.hold(id, "bookkeeping", Self.bookkeeping)
        await expectError(.conflict) { try await opened.update(id, #"{"billing":null}"#) }
        try await opened.update(id, #"{"phone":null}"#)
        try await opened.hold(id, "dispute", #"{"ground":"legal-claim","basis":"riita 1"}"#)
        await expectError(.conflict) { try await opened.update(id, #"{"email":null}"#) }
        _ = try await opened.endHold(id, "dispute")
        try await opened.update(id, #"{"email":null}"#)
        _ = try await opened.endHold(id, "bookkeeping")
        try await opened.update(id, #"{"billing":null}"#)
        await opened.close()
    }

    /// Holds that can be read hold, whatever else is damaged.
    @Test func damageBesideTheHoldsDestroysNothing() async throws {
        let files = try await VaultFiles.make()
        var opened = try await files.open()
        var ids: [RecordID] = []
        for number in 0..<24 {
            let id = try await opened.create(Person.body(number + 1))
            try await opened.consent(id, "given")
            try await opened.hold(id, "bookkeeping", Self.bookkeeping)
            ids.append(id)
        }
        await opened.close()
        for (number, id) in ids.enumerated() {
            var row = try files.row(of: id)
            row[row.count - 1 - number * row.count / ids.count] ^= 1
            try files.setRow(row, of: id)
        }
        opened = try await files.open()
        var refused: [String: Int] = [:]
        for id in ids {
            do {
                try await opened.erase(id)
            } catch let error as VaultError {
                refused[error.code.rawValue, default: 0] += 1
            }
            guard case .live(let record) = try await opened.store.record(id) else {
                Issue.record("what is held was destroyed")
                continue
            }
            let labels = try await opened.vault.open(record).box.labels.map(\.name)
            #expect(labels.contains("billing"))
        }
        // Some hit the consents, some the holds, some neither.
        #expect(refused["damaged"] ?? 0 > 0 && refused["conflict"] ?? 0 > 0)
        #expect(refused.values.reduce(0, +) < ids.count)
        await opened.close()
    }

    @Test func whatIsNoHoldIsRefused() async throws {
        let opened = try await VaultFiles.make().open()
        let id = try await opened.create(Person.body(1))
        for body in [
            #"{"basis":"x"}"#, #"{"ground":"convenience","basis":"x"}"#, #"{"ground":"contract"}"#,
            #"{"ground":"contract","basis":"x","until":"2020-01-01"}"#,
            #"{"ground":"contract","basis":"x","until":"soon"}"#,
            #"{"ground":"contract","basis":"x","compartments":["no-such"]}"#,
            #"{"ground":"contract","basis":"x","compartments":[]}"#,
        ] {
            await expectError(.invalidValue) { try await opened.hold(id, "a", body) }
        }
        await expectError(.invalidValue) { try await opened.hold(id, "A b", Self.bookkeeping) }
        for number in 0..<Holds.maximum {
            try await opened.hold(id, "h-\(number)", Self.bookkeeping)
        }
        await expectError(.conflict) { try await opened.hold(id, "another", Self.bookkeeping) }
        let version = try await opened.hold(id, "h-1", Self.bookkeeping)
        #expect(try await opened.hold(id, "h-1", Self.bookkeeping) == version, "no change")
        for caller in [TestCaller.customerService, TestCaller.auditor] {
            await expectError(.notGranted) {
                _ = try await opened.authorize(ManageHolds.self, caller, "data-subject-rights")
            }
        }
        await opened.close()
    }

    private static func digest(_ certificate: JSONValue) -> String? {
        ErasureCertificate.digest(of: certificate).map { Base64.encode($0.bytes) }
    }
}

extension OpenedVault {
    @discardableResult
    fileprivate func hold(
        _ id: RecordID, _ name: String, _ body: String
    ) async throws -> UInt64 {
        let proof = try await authorize(ManageHolds.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.setHold(proof, id, name: name, json(body)).version
    }

    fileprivate func endHold(
        _ id: RecordID, _ name: String
    ) async throws -> (version: UInt64?, certificate: JSONValue?) {
        let proof = try await authorize(ManageHolds.self, TestCaller.dpo, "data-subject-rights")
        let ended = try await vault.endHold(proof, id, name: name)
        return (ended.version, try ended.certificate.map { try JSONParser.parse($0) })
    }

    fileprivate func holds(_ id: RecordID) async throws -> JSONValue {
        let proof = try await authorize(ManageHolds.self, TestCaller.dpo, "data-subject-rights")
        return try await vault.holds(proof, of: id, ticket: ticket())
    }

    fileprivate func certificates(_ id: RecordID) async throws -> [JSONValue] {
        let proof = try await authorize(ReadCertificates.self, TestCaller.dpo, nil)
        return try await vault.certificates(proof, of: id).map { try JSONParser.parse($0) }
    }
}
