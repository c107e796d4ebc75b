import Cryptography
import StrictJSON
import Verification

/// An entry that was proved to be in the log.
struct EntryProof {
    private let item: JSONValue
    private let leafHash: Digest32
    private let hashes: [Digest32]
    private let stated: StatedCheckpoint

    /// Takes what the log answered and verifies it.
    ///
    /// - Parameters:
    ///   - number: The entry's.
    ///   - item: The entry as `GET /v1/audit/entries` shows it.
    ///   - proof: `{"number","size","leafHash","hashes"}`, for the size of the checkpoint.
    init(
        number: UInt64, item: JSONValue?, proof: JSONValue, stated: StatedCheckpoint
    ) throws {
        guard let item, item["number"]?.integer.flatMap(UInt64.init(exactly:)) == number else {
            throw Failure(LogFault.missing(number).message)
        }
        guard let hashes = Digest32.list(proof["hashes"]),
            let leafHash = Digest32.one(proof["leafHash"]),
            InclusionProof(index: number - 1, hashes: hashes)
                .isValid(leaf: leafHash, in: stated.head)
        else {
            throw Failure(
                "the log was altered: entry \(number) is not in the tree that its checkpoint states"
            )
        }
        if let leaf = item["leaf"]?.text {
            guard let bytes = Base64.decode(leaf), MerkleTree.leafHash(bytes) == leafHash else {
                throw Failure(LogFault.damaged(number).message)
            }
            if let member = LogEntry(bytes)?.contradiction(in: item) {
                throw Failure(LogFault.contradiction(number, member: member).message)
            }
        } else {
            guard item["expired"]?.flag == true, Digest32.one(item["leafHash"]) == leafHash else {
                throw Failure(LogFault.unreadable(number).message)
            }
        }
        self.item = item
        self.leafHash = leafHash
        self.hashes = hashes
        self.stated = stated
    }

    /// The proof with all that it needs besides the log's key: of the form of a certificate's member
    /// `log`, with `leafHash` in the place of `leaf` where the entry has expired.
    var json: JSONValue {
        let leaf = item["leaf"].map { JSONMember("leaf", $0) }
        return .object([
            JSONMember("number", item["number"] ?? .null),
            leaf ?? JSONMember("leafHash", .string(Base64.encode(leafHash.bytes))),
            JSONMember("note", .string(String(decoding: stated.note, as: UTF8.self))),
            JSONMember("verifierKey", .string(stated.key.text)),
            JSONMember("hashes", .array(hashes.map { .string(Base64.encode($0.bytes)) })),
        ])
    }

    /// Names and values to print.
    var pairs: [(name: String, value: String)] {
        let shown = (item.members ?? []).filter { $0.name != "leafHash" }
        return JSONValue.object(shown).flattened() + [
            ("leaf hash", Base64.encode(leafHash.bytes)),
            ("log", stated.checkpoint.origin.description.printable),
            ("size", String(stated.head.size)),
            ("root", Base64.encode(stated.head.root.bytes)),
        ] + hashes.map { ("hash", Base64.encode($0.bytes)) }
    }
}
