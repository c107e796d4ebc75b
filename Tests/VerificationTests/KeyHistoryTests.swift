import Cryptography
import StrictJSON
import Testing
import Verification

@Suite struct KeyHistoryTests {
    init() throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
    }

    /// The signing keys of one time.
    private final class Keys {
        private let certificates: SigningKey
        private let log: SigningKey
        let names: SigningKeys

        init() throws {
            certificates = try Self.makeKey()
            log = try Self.makeKey()
            names = SigningKeys(
                certificates: certificates.publicKey, log: log.publicKey,
                backups: try Self.makeKey().publicKey)
        }

        private static func makeKey() throws -> SigningKey {
            try SigningKey(seed: SecretBytes(random: SigningKey.seedCount))
        }

        func sign(_ message: [UInt8]) -> [UInt8] { certificates.sign(message) }
        func signLog(_ message: [UInt8]) -> [UInt8] { log.sign(message) }
    }

    private func change(
        _ epoch: UInt64, from old: Keys, to new: Keys, vault: String = "v", signedBy: Keys? = nil,
        loggedBy: Keys? = nil, acceptedBy: Keys? = nil
    ) throws -> KeyChange {
        try KeyChange(
            vault: vault, epoch: epoch, at: "2026-11-25T12:00:00Z", from: old.names, to: new.names,
            old: (signedBy ?? old).sign, oldLog: (loggedBy ?? old).signLog,
            new: (acceptedBy ?? new).sign)
    }

    private func history(_ changes: [KeyChange]) -> KeyHistory? {
        history(changes.map(\.document))
    }

    private func history(_ changes: [JSONValue]) -> KeyHistory? {
        KeyHistory(
            .object([
                JSONMember("format", .string(KeyHistory.format)),
                JSONMember(
                    "changes",
                    .array(
                        changes.map {
                            .object([
                                JSONMember("change", $0), JSONMember("statement", .null),
                            ])
                        })),
            ]))
    }

    @Test func eachChangeIsSignedByTheKeysBeforeAndAccepted() throws {
        let (first, second, third, other) = try (Keys(), Keys(), Keys(), Keys())
        let right = try [change(2, from: first, to: second), change(5, from: second, to: third)]
        let found = try #require(history(right))
        #expect(
            found.successors(ofCertificateKey: first.names.certificates)
                == [second.names, third.names])
        #expect(
            found.predecessors(ofCertificateKey: third.names.certificates)
                == [first.names, second.names])
        #expect(
            found.predecessors(ofCertificateKey: second.names.certificates) == [first.names])
        #expect(found.predecessors(ofCertificateKey: other.names.certificates).isEmpty)
        #expect(found.successors(ofLogKey: first.names.log) == [second.names, third.names])
        #expect(found.successors(ofLogKey: third.names.log).isEmpty)
        // Whoever has the keys of their own alone can't make them a vault's next ones.
        #expect(
            try history([change(2, from: first, to: other, signedBy: other)]) == nil)
        #expect(
            try history([right[0], change(5, from: second, to: other, signedBy: other)]) == nil)
        // Nor may a key be named that nobody has shown to have.
        #expect(try history([change(2, from: first, to: second, acceptedBy: first)]) == nil)
    }

    /// Whoever trusts a log key alone is led on by nobody but who has that.
    @Test func theLogKeyBeforeSignsToo() throws {
        let (vault, forger) = try (Keys(), Keys())
        let former = SigningKeys(
            certificates: forger.names.certificates, log: vault.names.log,
            backups: forger.names.backups)
        func change(loggedBy keys: Keys) throws -> KeyChange {
            try KeyChange(
                vault: "v", epoch: 2, at: "2026-11-25T12:00:00Z", from: former, to: forger.names,
                old: forger.sign, oldLog: keys.signLog, new: forger.sign)
        }
        #expect(try history([change(loggedBy: forger)]) == nil)
        #expect(try history([change(loggedBy: vault)]) != nil)
        let (first, second, other) = try (Keys(), Keys(), Keys())
        #expect(try history([self.change(2, from: first, to: second, loggedBy: other)]) == nil)
        // One without that signature, which its certificate keys both signed, is none.
        let whole = try self.change(2, from: first, to: second).document
        let members = (whole.members ?? []).filter {
            $0.name != "logSignature" && $0.name != "signature"
        }
        let message = try SignedDocument.message(of: members, context: "aitta.key-change.v1")
        let without = SignedDocument.signed(
            members, signature: first.sign(message), by: first.names.certificates)
        #expect(history([whole]) != nil)
        #expect(history([without]) == nil)
    }

    @Test func changesGoOnFromEachOther() throws {
        let (first, second, third) = try (Keys(), Keys(), Keys())
        let begin = try change(5, from: first, to: second)
        #expect(try history([begin, change(5, from: second, to: third)]) == nil)
        #expect(try history([begin, change(6, from: first, to: third)]) == nil)
        #expect(try history([begin, change(6, from: second, to: third, vault: "w")]) == nil)
        #expect(try history([change(6, from: second, to: third), begin]) == nil)
        #expect(try history([begin, change(6, from: second, to: third)]) != nil)
    }

    /// What can be appended can be read, under the limits of whoever reads it.
    @Test func itTakesWhatItReadsAndNoMore() throws {
        var found = KeyHistory()
        var keys = try Keys()
        let number = JSONValue.number(String(1 << 53 - 1))
        for epoch in 0..<UInt64(KeyHistory.maximumChanges) {
            let next = try Keys()
            #expect(found.hasRoom)
            let vault = "0190b7e4-0000-7000-8000-000000000001"
            let change = try change(1 << 52 + epoch, from: keys, to: next, vault: vault)
            let isTaken = found.append(change)
            try #require(isTaken)
            let members = [
                JSONMember("format", .string(KeyChange.statementFormat)),
                JSONMember("vault", .string(vault)),
                JSONMember("epoch", .number(String(change.epoch))),
            ]
            let counts = [
                "keyringGeneration", "leftUnderOldKeys", "records", "segments", "tombstones",
                "ledgerEntries", "logSize",
            ].map { JSONMember($0, number) }
            let texts = ["at", "logRoot", "storage"].map {
                JSONMember($0, .string(String(repeating: "x", count: 44)))
            }
            let statement = try KeyChange.statement(
                members + counts + texts, by: next.names.certificates, sign: next.sign)
            let isCompleted = found.complete(statement)
            try #require(isCompleted)
            keys = next
        }
        #expect(!found.hasRoom)
        let more = try change(1 << 53 - 1, from: keys, to: Keys())
        let isTaken = found.append(more)
        #expect(!isTaken)
        // Three quarters of what a manifest of a backup may hold.
        let limits = JSONLimits(maximumBytes: 768 << 10, maximumDepth: 8, maximumElements: 12 << 10)
        let document = found.json.encoded()
        #expect(KeyHistory(try JSONParser.parse(document, limits: limits)) == found)
    }

    /// The statement at the end is the new key's, over what it says.
    @Test func theStatementIsOfTheKeysAfterTheChange() throws {
        let (first, second) = try (Keys(), Keys())
        let members = [
            JSONMember("format", .string(KeyChange.statementFormat)),
            JSONMember("vault", .string("v")), JSONMember("epoch", .number("2")),
            JSONMember("leftUnderOldKeys", .number("0")),
        ]
        for (keys, isTaken) in [(second, true), (first, false)] {
            var found = KeyHistory()
            #expect(try found.append(change(2, from: first, to: second)))
            let statement = try KeyChange.statement(
                members, by: keys.names.certificates, sign: keys.sign)
            #expect(found.complete(statement) == isTaken)
            #expect((found.changes.last?.statement != nil) == isTaken)
        }
    }
}
