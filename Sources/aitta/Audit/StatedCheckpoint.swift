import Cryptography
import StrictJSON
import Verification

/// The checkpoint that a log states of itself, as the daemon answers it and as an export begins.
/// There is none whose signature does not verify.
struct StatedCheckpoint: Sendable {
    /// As it was answered.
    let json: JSONValue
    /// The signed note.
    let note: [UInt8]
    /// What it states.
    let checkpoint: Checkpoint
    /// The key that verified it.
    let key: VerifierKey
    /// Whether the key came from the same place as the checkpoint: whoever can alter the one can
    /// then alter the other.
    let isKeyItsOwn: Bool

    /// Reads and verifies `{"size","root","note","verifierKey"}`.
    ///
    /// - Parameter key: The log's key; nil to take the one that stands beside the checkpoint.
    init(_ json: JSONValue, key: VerifierKey?) throws {
        guard let note = json["note"]?.text, let size = json["size"]?.integer,
            let root = json["root"]?.text, let ownKey = json["verifierKey"]?.text
        else { throw Failure("there is no checkpoint in what the log states of itself") }
        self.json = json
        self.note = Array(note.utf8)
        do throws(NoteError) {
            self.key = if let key { key } else { try VerifierKey(ownKey) }
        } catch {
            throw Failure("the log's own key is none: \(error)")
        }
        isKeyItsOwn = key == nil
        do {
            checkpoint = try Checkpoint(note: self.note, signedBy: self.key)
        } catch {
            throw Failure(
                "the log's checkpoint is not valid: \(error)",
                hint: key == nil
                    ? nil
                    : "was the key that was given taken down when the vault was made? after a deep "
                        + "rotation it takes the key history too: --key-history")
        }
        guard UInt64(exactly: size) == checkpoint.head.size,
            root == Base64.encode(checkpoint.head.root.bytes)
        else { throw Failure("the log states another size or root than its signed checkpoint") }
    }

    /// Size and root of the tree.
    var head: TreeHead { checkpoint.head }
}

extension VerifierKey {
    /// The log key that follows this one by a history.
    func newest(by history: KeyHistory?) -> VerifierKey {
        guard let history else { return self }
        return VerifierKey(name: name, publicKey: history.newest(ofLogKey: publicKey))
    }

    /// Reads the key that an option gives.
    init?(option text: String?) throws {
        guard let text else { return nil }
        do throws(NoteError) {
            try self.init(text)
        } catch {
            throw Failure.usage(
                String(describing: error),
                hint: "the log's key reads aitta/…+…+…, as aitta --json audit checkpoint shows it")
        }
    }
}
