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
    /// - Parameter keys: The log's: any of them may have signed it.
    init(path: String, keys: LogKeys) throws {
        let note = try FileBytes.read(path: path, limit: SignedNote.maximumBytes)
        let signed = keys.all.lazy.compactMap { try? Checkpoint(note: note, signedBy: $0) }.first
        do {
            head = try (signed ?? Checkpoint(note: note, signedBy: keys.newest)).head
        } catch {
            throw Failure("\(path) holds no checkpoint of this log: \(error)")
        }
        self.path = path
    }
}
