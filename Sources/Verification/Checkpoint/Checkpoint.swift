public import Cryptography

/// What a log states of itself: its name, and the size and root of its tree (C2SP tlog-checkpoint).
///
/// It is narrower than the specification: the origin is the name of the log's key, and there are no
/// extension lines, which no one could audit.
public struct Checkpoint: Sendable, Hashable {
    /// The log, by the name of the key that signs its checkpoints.
    public let origin: KeyName
    /// Size and root of its tree.
    public let head: TreeHead

    /// States a log's size and root.
    public init(origin: KeyName, head: TreeHead) {
        self.origin = origin
        self.head = head
    }

    /// Reads the text of a checkpoint, without any signature.
    ///
    /// - Throws: `wrongLineCount`, `invalidOrigin`, `invalidSize`, `invalidRoot`.
    public init(text: [UInt8]) throws(CheckpointError) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Behind the third newline nothing follows.
        guard lines.count == 4, lines[3].isEmpty else { throw .wrongLineCount }
        guard let line = String(validating: lines[0], as: UTF8.self),
            let origin = try? KeyName(line)
        else { throw .invalidOrigin }
        guard let size = Self.size(lines[1]) else { throw .invalidSize }
        guard
            let root = Base64.decode(String(decoding: lines[2], as: UTF8.self))
                .flatMap({ Digest32($0) })
        else { throw .invalidRoot }
        self.init(origin: origin, head: TreeHead(size: size, root: root))
    }

    /// Reads a signed checkpoint of the log that a key belongs to.
    ///
    /// - Parameters:
    ///   - note: The signed note, as it was stored or sent.
    ///   - key: The log's key. Signatures of others, as of witnesses, are passed over.
    /// - Throws: `note` when the note is malformed or not signed by the key; `foreignOrigin` when it
    ///   is not of that key's log; or as ``init(text:)``.
    public init(note: [UInt8], signedBy key: VerifierKey) throws(CheckpointError) {
        let text: [UInt8]
        do {
            let note = try SignedNote(note)
            try note.verify(by: [key])
            text = note.text
        } catch {
            throw .note(error)
        }
        try self.init(text: text)
        guard origin == key.name else { throw .foreignOrigin }
    }

    /// The text: origin, size and root, a line each.
    public var text: [UInt8] {
        Array("\(origin)\n\(head.size)\n\(Base64.encode(head.root.bytes))\n".utf8)
    }

    /// The checkpoint as a note that the log's key has signed under the name of the origin.
    ///
    /// - Throws: As ``SignedNote/init(signing:as:with:)``, which takes every checkpoint's text.
    public func signed(with key: borrowing SigningKey) throws(NoteError) -> SignedNote {
        try SignedNote(signing: text, as: origin, with: key)
    }

    /// The number that digits write, without sign or leading zeros.
    private static func size(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.first != UInt8(ascii: "0") || digits.count == 1,
            let size = UInt64(String(decoding: digits, as: UTF8.self)),
            size <= MerkleTree.maximumSize
        else { return nil }
        return size
    }
}
