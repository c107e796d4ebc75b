import Cryptography
import Storage
import Verification

extension AuditRecord {
    /// The entry as it is kept, with its hash in the log's tree.
    func leaf(milliseconds: Int64) -> LogLeaf {
        let entry = encoded(milliseconds: milliseconds)
        return LogLeaf(entry: entry, hash: LeafHash(MerkleTree.leafHash(entry)))
    }

    /// The entry's bytes (docs/FORMAT.md, "Audit entries").
    private func encoded(milliseconds: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes.append(LoggedEntry.format)
        bytes.append(littleEndian: UInt64(bitPattern: milliseconds))
        bytes.append(littleEndian: caller.uid)
        bytes.append(littleEndian: UInt32(bitPattern: caller.pid))
        bytes.append(parts.rawValue)
        bytes.append(short: operation)
        bytes.append(short: outcome)
        bytes.append(short: requestID)
        if let name = caller.userName { bytes.append(short: name) }
        if let purpose { bytes.append(short: purpose) }
        if let record {
            bytes.append(littleEndian: record.high.byteSwapped)
            bytes.append(littleEndian: record.low.byteSwapped)
        }
        if let generation { bytes.append(littleEndian: generation) }
        if let reason { bytes.append(short: reason) }
        if let count { bytes.append(littleEndian: UInt64(count)) }
        digest?.withUnsafeBytes { bytes.append(contentsOf: $0) }
        if let token = caller.token?.name ?? refusedToken { bytes.append(short: token) }
        bytes.append(UInt8(clamping: fields.count))
        for field in fields.prefix(255) { bytes.append(short: field) }
        return bytes
    }

    private var parts: LoggedEntry.Parts {
        var parts: LoggedEntry.Parts = []
        if caller.userName != nil { parts.insert(.user) }
        if purpose != nil { parts.insert(.purpose) }
        if record != nil { parts.insert(.record) }
        if generation != nil { parts.insert(.generation) }
        if reason != nil { parts.insert(.reason) }
        if count != nil { parts.insert(.count) }
        if digest != nil { parts.insert(.digest) }
        if caller.token != nil || refusedToken != nil { parts.insert(.token) }
        return parts
    }
}

extension LeafHash {
    init(_ digest: Digest32) {
        guard let hash = digest.withUnsafeBytes({ LeafHash($0) }) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        self = hash
    }

    /// The hash as the tree takes it.
    var digest: Digest32 {
        guard let digest = withUnsafeBytes({ Digest32($0) }) else {
            preconditionFailure("a leaf hash has 32 bytes")
        }
        return digest
    }
}

extension StoredRecord {
    /// SHA-256 of the sealed row. A rotation seals boxes anew; that a box is the one of its generation is
    /// bound into it.
    var digest: Digest32 {
        fields.withUnsafeBytes { SHA256.hash($0) }
    }
}

extension [UInt8] {
    /// `sl(text)`; what is longer than 255 bytes, which no name is by rule, is cut at a character.
    fileprivate mutating func append(short text: String) {
        var text = text
        text.withUTF8 { utf8 in
            var count = Swift.min(utf8.count, 255)
            while count < utf8.count, utf8[count] & 0xC0 == 0x80 { count -= 1 }
            append(UInt8(count))
            append(contentsOf: utf8[..<count])
        }
    }
}
