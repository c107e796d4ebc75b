/// What can be wrong with a checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
    /// The note is malformed, or not signed by the key.
    case note(NoteError)
    /// A text that is not three lines, each with its newline: extension lines are not taken.
    case wrongLineCount
    /// A first line that is not a key's name.
    case invalidOrigin
    /// A second line that is not a decimal number without leading zeros, of at most
    /// ``MerkleTree/maximumSize``.
    case invalidSize
    /// A third line that is not base64 of 32 bytes.
    case invalidRoot
    /// An origin other than the name of the key that signed.
    case foreignOrigin

    /// Stable identifier for machines.
    public var code: String {
        switch self {
        case .note(let error): error.code
        case .wrongLineCount: "checkpoint_wrong_line_count"
        case .invalidOrigin: "checkpoint_invalid_origin"
        case .invalidSize: "checkpoint_invalid_size"
        case .invalidRoot: "checkpoint_invalid_root"
        case .foreignOrigin: "checkpoint_foreign_origin"
        }
    }
}

extension CheckpointError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .note(let error):
            error.description
        case .wrongLineCount:
            "the checkpoint does not have exactly three lines: origin, size and root"
        case .invalidOrigin:
            "the checkpoint's first line is not a log's name"
        case .invalidSize:
            "the checkpoint's second line is not a tree's size in plain decimal digits"
        case .invalidRoot:
            "the checkpoint's third line is not base64 of 32 bytes"
        case .foreignOrigin:
            "the checkpoint is of another log than its signer's: check the verifier key"
        }
    }
}
