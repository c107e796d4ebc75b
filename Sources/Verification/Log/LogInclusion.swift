public import Cryptography
public import StrictJSON

/// An entry of a log with all that proves it to be there: the member `log` of an erasure certificate.
/// It needs nothing but the log's key.
///
/// None of it is signed but the checkpoint; the rest follows from that or is refused.
public struct LogInclusion: Sendable, Hashable {
    private static let names: Set<String> = ["number", "leaf", "note", "verifierKey", "hashes"]

    /// The entry's number, from 1: the leaf's index and one.
    public let number: UInt64
    /// The entry's bytes.
    public let leaf: [UInt8]
    /// The checkpoint, a signed note.
    public let note: [UInt8]
    /// The key that the log says to sign with. Whoever verifies has it from elsewhere.
    public let verifierKey: String
    /// The siblings from the leaf to the root, the lowest first.
    public let hashes: [Digest32]

    /// Joins a proof's parts, whatever they are worth.
    public init(
        number: UInt64, leaf: [UInt8], note: [UInt8], verifierKey: String, hashes: [Digest32]
    ) {
        self.number = number
        self.leaf = leaf
        self.note = note
        self.verifierKey = verifierKey
        self.hashes = hashes
    }

    /// Reads `{"number","leaf","note","verifierKey","hashes"}`, the bytes in base64.
    ///
    /// - Throws: `malformed` for anything else, more members included.
    public init(_ json: JSONValue) throws(LogInclusionError) {
        guard let members = json.members, Set(members.map(\.name)) == Self.names,
            let number = json["number"]?.integer, number > 0,
            let leaf = json["leaf"]?.text.flatMap(Base64.decode),
            let note = json["note"]?.text, let verifierKey = json["verifierKey"]?.text,
            let items = json["hashes"]?.items, items.count <= MerkleTree.maximumProofCount
        else { throw .malformed }
        let hashes = items.compactMap { $0.text.flatMap(Base64.decode).flatMap { Digest32($0) } }
        guard hashes.count == items.count else { throw .malformed }
        self.init(
            number: UInt64(number), leaf: leaf, note: Array(note.utf8), verifierKey: verifierKey,
            hashes: hashes)
    }

    /// The proof as it is read.
    public var json: JSONValue {
        .object([
            JSONMember("number", .number(String(number))),
            JSONMember("leaf", .string(Base64.encode(leaf))),
            JSONMember("note", .string(String(decoding: note, as: UTF8.self))),
            JSONMember("verifierKey", .string(verifierKey)),
            JSONMember("hashes", .array(hashes.map { .string(Base64.encode($0.bytes)) })),
        ])
    }

    /// Verifies that the entry is in the log.
    ///
    /// - Parameter key: The log's key.
    /// - Returns: The checkpoint under which it is.
    /// - Throws: `foreignKey`, `checkpoint`, `notIncluded`.
    @discardableResult
    public func verify(by key: VerifierKey) throws(LogInclusionError) -> Checkpoint {
        guard verifierKey == key.text else { throw .foreignKey }
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint(note: note, signedBy: key)
        } catch {
            throw .checkpoint(error)
        }
        guard number > 0,
            InclusionProof(index: number - 1, hashes: hashes)
                .isValid(leaf: MerkleTree.leafHash(leaf), in: checkpoint.head)
        else { throw .notIncluded }
        return checkpoint
    }

    /// Verifies that the entry is in the log of the certificate's vault, and that it is of this
    /// certificate. The certificate's own signature is another matter
    /// (``ErasureCertificate/isValid(_:key:)``).
    ///
    /// - Parameters:
    ///   - certificate: The document, with or without its member `log`.
    ///   - key: The log's key.
    /// - Returns: The checkpoint under which it is.
    /// - Throws: As ``verify(by:)``; `foreignVault`, `malformedEntry`, `noErasure`, `otherRecord`,
    ///   `otherCertificate`.
    @discardableResult
    public func verify(
        _ certificate: JSONValue, by key: VerifierKey
    ) throws(LogInclusionError) -> Checkpoint {
        let checkpoint = try verify(by: key)
        guard let vault = certificate["vault"]?.text,
            checkpoint.origin.isLog(ofVault: vault)
        else { throw .foreignVault }
        guard let entry = LogEntry(leaf) else { throw .malformedEntry }
        guard entry.operation == "erase", entry.outcome == "ok" else { throw .noErasure }
        guard let record = entry.record, record == certificate["record"]?.text else {
            throw .otherRecord
        }
        guard let digest = entry.digest, digest == ErasureCertificate.digest(of: certificate)
        else { throw .otherCertificate }
        return checkpoint
    }
}
