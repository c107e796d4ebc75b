import Cryptography
import StrictJSON
import Testing
import Verification

@testable import aitta

/// A log with entries, its key, and what its daemon answers.
final class LogFixture {
    static let vault = "0190b7e4-0000-7000-8000-000000000001"

    let name: KeyName
    private let key: SigningKey
    /// The bytes of each entry.
    var entries: [[UInt8]]

    init(count: Int) throws {
        try Sodium.start(lockedMemory: .permitUnlocked, limitBytes: 64 << 20)
        name = try KeyName("aitta/" + Self.vault)
        key = try SigningKey(seed: SecretBytes(random: 32))
        entries = (0..<count).map { Self.entry($0) }
    }

    /// An entry without parts, as docs/FORMAT.md has it.
    static func entry(_ index: Int, operation: String = "read") -> [UInt8] {
        let short = { (text: String) in [UInt8(text.utf8.count)] + text.utf8 }
        let bytes = { (number: Int, count: Int) in
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let time = bytes(1_795_000_000_000 + index, 8)
        return [1] + time + bytes(1000, 4) + bytes(4711, 4) + [0] + short(operation)
            + short("ok") + short("r-\(index)") + [0]
    }

    var verifier: VerifierKey { VerifierKey(name: name, publicKey: key.publicKey) }

    func sign(_ message: [UInt8]) -> [UInt8] { key.sign(message) }

    var leaves: [Digest32] { entries.map { MerkleTree.leafHash($0) } }

    /// Size and root of the log's first entries.
    func head(_ size: Int? = nil) -> TreeHead {
        let leaves = leaves.prefix(size ?? entries.count)
        return TreeHead(size: UInt64(leaves.count), root: MerkleTree.root(of: leaves))
    }

    /// The answer to `GET /v1/audit/checkpoint`.
    func stated(_ head: TreeHead? = nil) throws -> JSONValue {
        let head = head ?? self.head()
        let note = try Checkpoint(origin: name, head: head).signed(with: key).bytes
        return .object([
            JSONMember("size", .number(String(head.size))),
            JSONMember("root", .string(Base64.encode(head.root.bytes))),
            JSONMember("note", .string(String(decoding: note, as: UTF8.self))),
            JSONMember("verifierKey", .string(verifier.text)),
        ])
    }

    /// The entries as `GET /v1/audit/entries` shows them.
    var items: [JSONValue] { entries.indices.map { item($0 + 1) } }

    func item(_ number: Int, _ more: [JSONMember] = []) -> JSONValue {
        .object(
            [
                JSONMember("number", .number(String(number))),
                JSONMember("leaf", .string(Base64.encode(entries[number - 1]))),
                JSONMember("op", .string("read")), JSONMember("outcome", .string("ok")),
            ] + more)
    }

    func expired(_ number: Int) -> JSONValue {
        .object([
            JSONMember("number", .number(String(number))), hash(number),
            JSONMember("expired", .bool(true)),
        ])
    }

    func damaged(_ number: Int, bytes: [UInt8]) -> JSONValue {
        .object([
            JSONMember("number", .number(String(number))),
            JSONMember("leaf", .string(Base64.encode(bytes))), hash(number),
            JSONMember("outcome", .string("damaged")),
        ])
    }

    func hash(_ number: Int) -> JSONMember {
        JSONMember("leafHash", .string(Base64.encode(leaves[number - 1].bytes)))
    }

    /// What follows a number or a range in the answers of `GET /v1/audit/proof`.
    func hashes(_ plan: MerkleProofPlan) throws -> JSONMember {
        let leaves = leaves
        let read = plan.leafRanges.map { Array(leaves[Int($0.lowerBound)..<Int($0.upperBound)]) }
        let hashes = try plan.hashes(leaves: read, nodes: [])
        return JSONMember("hashes", .array(hashes.map { .string(Base64.encode($0.bytes)) }))
    }
}

/// Hands out a log's entries in pages.
struct FakeLog: LogSource {
    var pages: ArraySlice<[JSONValue]>

    init(_ items: [JSONValue], page: Int = 7) {
        pages =
            stride(from: 0, to: items.count, by: page).map {
                Array(items[$0..<min($0 + page, items.count)])
            }[...]
    }

    mutating func next() -> [JSONValue] { pages.popFirst() ?? [] }
}
