/// Somebody outside who keeps the log's checkpoints, so that whoever can rewrite the log can't rewrite
/// what was seen of it.
public protocol CheckpointWitness: Sendable {
    /// Takes the newest checkpoint: a signed note (docs/FORMAT.md, "Checkpoint").
    func take(_ note: [UInt8]) async throws(WitnessFailure)

    /// What it holds since an earlier run; `nil`: nothing, or it can't be asked.
    func held() async throws(WitnessFailure) -> WitnessedNote?
}

/// A note that a witness holds.
public struct WitnessedNote: Sendable {
    /// The signed note.
    public var note: [UInt8]
    /// Since when, in Unix milliseconds.
    public var milliseconds: Int64

    /// Makes one of its parts.
    public init(note: [UInt8], milliseconds: Int64) {
        self.note = note
        self.milliseconds = milliseconds
    }
}

/// Why a witness has not taken a checkpoint: a stable code, such as `exit-1`.
public struct WitnessFailure: Error, Sendable, Equatable {
    /// The code.
    public let code: String

    /// Makes one of its code.
    public init(_ code: String) { self.code = code }
}
