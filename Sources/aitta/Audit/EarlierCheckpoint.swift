import Verification

/// A checkpoint that someone kept, out of the vault's reach.
struct EarlierCheckpoint: Equatable, Sendable {
    /// Where it was kept.
    let path: String
    /// What it states.
    let head: TreeHead

    /// Takes what a checkpoint states.
    init(path: String, head: TreeHead) {
        self.path = path
        self.head = head
    }

    /// Reads a file that holds a signed note.
    ///
    /// - Parameter key: The log's key.
    init(path: String, key: VerifierKey) throws {
        let note = try FileBytes.read(path: path, limit: SignedNote.maximumBytes)
        do {
            head = try Checkpoint(note: note, signedBy: key).head
        } catch {
            throw Failure("\(path) holds no checkpoint of this log: \(error)")
        }
        self.path = path
    }
}
