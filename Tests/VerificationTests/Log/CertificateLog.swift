import Cryptography
import StrictJSON
import Testing
import Verification

/// A certificate, and a log of twelve entries whose fifth is of its erasure.
final class CertificateLog {
    static let vault = "0190b7e4-0000-7000-8000-000000000001"
    static let index = 4
    static let size = 12

    let log: NoteFixture
    let signer: SigningKey
    let certificate: JSONValue
    /// The entry of the erasure.
    let entry: EntryBytes

    init(vault: String = vault) throws {
        log = try NoteFixture("aitta/" + vault)
        signer = try SigningKey(seed: SecretBytes(random: 32))
        let members = ErasureCertificate(
            vault: Self.vault, record: "0190b7e4-0000-7000-8000-000000000002",
            reason: "customer-request", erasedAt: "2026-11-22T12:00:00Z", shredded: ["contact"],
            keysDestroyed: 1, epoch: 1, storage: "file"
        ).members
        let message = try SignedDocument.message(of: members, context: ErasureCertificate.context)
        certificate = SignedDocument.signed(
            members, signature: signer.sign(message), by: signer.publicKey)
        entry = EntryBytes(
            record: [0x01, 0x90, 0xB7, 0xE4, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2],
            reason: "customer-request", digest: SHA256.hash(message).bytes)
    }

    /// The proof that an entry is the log's fifth.
    func proof(of entry: EntryBytes) throws -> LogInclusion {
        var entries = (0..<Self.size).map { EntryBytes(requestID: "r-\($0)").encoded }
        entries[Self.index] = entry.encoded
        let leaves = entries.map { MerkleTree.leafHash($0) }
        let head = TreeHead(size: UInt64(Self.size), root: MerkleTree.root(of: leaves))
        let plan = try MerkleProofPlan.inclusion(of: UInt64(Self.index), size: head.size)
        let read = plan.leafRanges.map { Array(leaves[Int($0.lowerBound)..<Int($0.upperBound)]) }
        return LogInclusion(
            number: UInt64(Self.index) + 1, leaf: entry.encoded,
            note: try Checkpoint(origin: log.name, head: head).signed(with: log.key).bytes,
            verifierKey: log.verifier.text, hashes: try plan.hashes(leaves: read, nodes: []))
    }

    /// The certificate with its member `log`.
    func certificate(with log: JSONValue) -> JSONValue {
        .object((certificate.members ?? []) + [JSONMember("log", log)])
    }
}
