import StrictJSON
import Testing
import Verification

@testable import aitta

@Suite struct LogKeysTests {
    /// The same log before and after a deep rotation.
    private let former: LogFixture
    private let log: LogFixture

    init() throws {
        former = try LogFixture(count: 20)
        log = try LogFixture(count: 20)
    }

    private func history(vault: String = LogFixture.vault) throws -> KeyHistory {
        func keys(_ log: LogFixture) -> SigningKeys {
            let key = log.verifier.publicKey
            return SigningKeys(certificates: key, log: key, backups: key)
        }
        let change = try KeyChange(
            vault: vault, epoch: 2, at: "2026-11-25T12:00:00Z", from: keys(former), to: keys(log),
            old: former.sign, oldLog: former.sign, new: log.sign)
        var history = KeyHistory()
        let isTaken = history.append(change)
        #expect(isTaken)
        return try #require(KeyHistory(history.json))
    }

    @Test func leadsFromAKeyToTheOneOfNow() throws {
        let keys = try LogKeys(former.verifier, history: history())
        #expect(keys.all == [former.verifier, log.verifier])
        #expect(keys.newest == log.verifier)
        #expect(try LogKeys(log.verifier, history: history()).all == [log.verifier])
        #expect(try LogKeys(former.verifier, history: nil).all == [former.verifier])
    }

    @Test func theHistoryMustBeOfTheLogsVault() throws {
        let other = "0190b7e4-0000-7000-8000-00000000000f"
        #expect(throws: Failure.self) {
            try LogKeys(former.verifier, history: history(vault: other))
        }
        let restored = VerifierKey(
            name: try KeyName("\(log.name)/2"), publicKey: former.verifier.publicKey)
        #expect(try LogKeys(restored, history: history()).newest.name == restored.name)
    }

    /// The log's own checkpoint is the newest key's; one that somebody kept may be a former one's.
    @Test func anEarlierCheckpointMayBeAFormerKeys() async throws {
        let keys = try LogKeys(former.verifier, history: history())
        #expect(throws: Failure.self) { try StatedCheckpoint(former.stated(), keys: keys) }
        let stated = try StatedCheckpoint(log.stated(), keys: keys)
        let scratch = try ScratchDirectory()
        for (size, signer) in [(8, former), (11, log)] {
            let note = try signer.stated(log.head(size))["note"]?.text
            let path = try scratch.write(try #require(note), to: "kept")
            #expect(try EarlierCheckpoint(path: path, keys: keys).head == log.head(size))
            try await CheckpointFile(path: path).keep(stated) { from, to in
                .object([try log.hashes(.consistency(from: from, to: to))])
            }
            #expect(try scratch.read("kept") == String(decoding: stated.note, as: UTF8.self))
        }
        let note = try former.stated(log.head(8))["note"]?.text
        let path = try scratch.write(try #require(note), to: "kept")
        #expect(throws: Failure.self) {
            try EarlierCheckpoint(path: path, keys: LogKeys(log.verifier))
        }
    }

    @Test func aProofIsOfTheKeyThatItNames() throws {
        let keys = try LogKeys(former.verifier, history: history())
        let certificate = JSONValue.object([
            JSONMember("vault", .string(LogFixture.vault))
        ])
        for signer in [former, log, try LogFixture(count: 20)] {
            let stated = try StatedCheckpoint(signer.stated(), keys: nil)
            let answer = JSONValue.object([
                signer.hash(3), try signer.hashes(.inclusion(of: 2, size: 20)),
            ])
            let proof = try EntryProof(
                number: 3, item: signer.item(3), proof: answer, stated: stated
            ).json
            let failure = #expect(throws: Failure.self) {
                try CertificateLogProof(
                    of: .object((certificate.members ?? []) + [JSONMember("log", proof)]),
                    keys: keys)
            }
            // The entry is of no erasure: that is found out once the key was taken.
            let expected: LogInclusionError =
                keys.all.contains(signer.verifier) ? .noErasure : .foreignKey
            #expect(failure?.message.hasSuffix(expected.description) == true)
        }
    }
}
