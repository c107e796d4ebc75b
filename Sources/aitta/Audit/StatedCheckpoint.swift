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
    var key: VerifierKey { keys.newest }
    /// That key, and those before it that earlier checkpoints may be signed by.
    let keys: LogKeys
    /// Whether the key came from the same place as the checkpoint: whoever can alter the one can
    /// then alter the other.
    let isKeyItsOwn: Bool

    /// Reads and verifies `{"size","root","note","verifierKey"}`.
    ///
    /// - Parameter keys: The log's, of which the newest must have signed it; nil to take the one that stands
    ///   beside the checkpoint.
    init(_ json: JSONValue, keys: LogKeys?) throws {
        guard let note = json["note"]?.text, let size = json["size"]?.integer,
            let root = json["root"]?.text, let ownKey = json["verifierKey"]?.text
        else { throw Failure("there is no checkpoint in what the log states of itself") }
        self.json = json
        self.note = Array(note.utf8)
        do throws(NoteError) {
            self.keys = if let keys { keys } else { LogKeys(try VerifierKey(ownKey)) }
        } catch {
            throw Failure("the log's own key is none: \(error)")
        }
        isKeyItsOwn = keys == nil
        do {
            checkpoint = try Checkpoint(note: self.note, signedBy: self.keys.newest)
        } catch {
            throw Failure(
                "the log's checkpoint is not valid: \(error)",
                hint: keys == nil
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
