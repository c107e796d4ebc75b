import Cryptography
public import StrictJSON
import Verification

/// A signed checkpoint of the log.
public struct LogCheckpoint: Sendable {
    let head: TreeHead
    /// The signed note (C2SP tlog-checkpoint).
    let note: String
    /// The key that it verifies by (C2SP signed-note).
    let verifierKey: String

    /// Writes the members.
    public func write(to writer: inout JSONWriter) {
        writer.member("size", head.size)
        writer.member("root", Base64.encode(head.root.bytes))
        writer.member("note", note)
        writer.member("verifierKey", verifierKey)
    }
}

/// The proof that the log holds an entry.
public struct LogInclusionProof: Sendable {
    /// The entry's number: one more than its index in the tree.
    let number: UInt64
    /// The tree's size.
    let size: UInt64
    let leaf: Digest32
    let hashes: [Digest32]

    /// Writes the members.
    public func write(to writer: inout JSONWriter) {
        writer.member("number", number)
        writer.member("size", size)
        writer.member("leafHash", Base64.encode(leaf.bytes))
        writer.member("hashes", .base64(hashes))
    }
}

/// The proof that the log only grew.
public struct LogConsistencyProof: Sendable {
    /// The size of the earlier tree.
    let from: UInt64
    /// The size of the later one.
    let to: UInt64
    let hashes: [Digest32]

    /// Writes the members.
    public func write(to writer: inout JSONWriter) {
        writer.member("from", from)
        writer.member("to", to)
        writer.member("hashes", .base64(hashes))
    }
}

extension JSONValue {
    /// Digests as an array of base64.
    static func base64(_ digests: [Digest32]) -> JSONValue {
        .array(digests.map { .string(Base64.encode($0.bytes)) })
    }
}
