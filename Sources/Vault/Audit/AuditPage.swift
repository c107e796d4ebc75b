import Storage
public import StrictJSON
import Verification

/// Entries of the audit log, in the order of their numbers.
public struct AuditPage: Sendable {
    let entries: [AuditEntry]

    /// How many there are.
    public var count: Int { entries.count }

    /// The number of the last one; `nil` when there is none.
    public var lastNumber: UInt64? { entries.last?.number }

    /// Writes each entry as a JSON object: its number, its bytes, and what they say. One that is not
    /// what its hash says is shown as damaged, with both; of one that has expired the
    /// hash is left.
    public func write(to writer: inout JSONWriter) {
        for entry in entries {
            writer.beginObject()
            writer.member("number", entry.number)
            guard !entry.leaf.isExpired else {
                writer.member("leafHash", Base64.encode(entry.leaf.hash.bytes))
                writer.member("expired", true)
                writer.endObject()
                continue
            }
            writer.member("leaf", Base64.encode(entry.leaf.entry))
            if entry.leaf.isWhole, let logged = LoggedEntry(entry.leaf.entry) {
                logged.writeMembers(to: &writer)
            } else {
                writer.member("leafHash", Base64.encode(entry.leaf.hash.bytes))
                writer.member("outcome", "damaged")
            }
            writer.endObject()
        }
    }
}

extension LogLeaf {
    /// Whether the entry is the one that was hashed.
    var isWhole: Bool { LeafHash(MerkleTree.leafHash(entry)) == hash }
}
