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
        let names: SigningKeys

        init() throws {
            certificates = try Self.makeKey()
            names = SigningKeys(
                certificates: certificates.publicKey, log: try Self.makeKey().publicKey,
                backups: try Self.makeKey().publicKey)
        }

        private static func makeKey() throws -> SigningKey {
            try SigningKey(seed: SecretBytes(random: SigningKey.seedCount))
        }

        func sign(_ message: [UInt8]) -> [UInt8] { certificates.sign(message) }
    }

    private func change(
        _ epoch: UInt64, from old: Keys, to new: Keys, vault: String = "v", signedBy: Keys? = nil,
        acceptedBy: Keys? = nil
    ) throws -> KeyChange {
        try KeyChange(
            vault: vault, epoch: epoch, at: "2026-11-25T12:00:00Z", from: old.names, to: new.names,
            old: (signedBy ?? old).sign, new: (acceptedBy ?? new).sign)
    }

    private func history(_ changes: [KeyChange]) -> KeyHistory? {
        KeyHistory(
            .object([
                JSONMember("format", .string(KeyHistory.format)),
                JSONMember(
                    "changes",
                    .array(
                        changes.map {
                            .object([
                                JSONMember("change", $0.document), JSONMember("statement", .null),
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
        #expect(found.newest(ofLogKey: first.names.log) == third.names.log)
        // Whoever has the keys of their own alone can't make them a vault's next ones.
        #expect(
            try history([change(2, from: first, to: other, signedBy: other)]) == nil)
        #expect(
            try history([right[0], change(5, from: second, to: other, signedBy: other)]) == nil)
        // Nor may a key be named that nobody has shown to have.
        #expect(try history([change(2, from: first, to: second, acceptedBy: first)]) == nil)
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
