/// What can be wrong with a signed note, a key's name or a verifier key. No case carries text of the
/// note: nothing that no one has signed is repeated.
public enum NoteError: Error, Hashable, Sendable {
    /// A note beyond ``SignedNote/maximumBytes``.
    case tooLarge
    /// Bytes that are not valid UTF-8.
    case invalidUTF8
    /// A character below U+0020 other than a newline.
    case controlCharacter
    /// A text or a last signature line that does not end in a newline.
    case missingNewline
    /// No empty line with signature lines behind it.
    case noSignatures
    /// More than ``SignedNote/maximumSignatures``.
    case tooManySignatures
    /// A line behind the last empty line that is not a signature line; counted from 1.
    case malformedSignature(line: Int)
    /// A key name that is empty, holds a space, a plus or a control character, or is longer than
    /// ``KeyName/maximumBytes``.
    case invalidKeyName
    /// A verifier key that is not a name, a plus, eight hexadecimal digits, a plus and base64.
    case malformedVerifierKey
    /// A verifier key of another algorithm than Ed25519.
    case unsupportedAlgorithm
    /// A verifier key whose id is not that of its name and key.
    case wrongKeyID
    /// A note that no known key has signed.
    case unknownSigner
    /// A signature in a known key's name that is not its signature.
    case invalidSignature

    /// Stable identifier for machines.
    public var code: String {
        switch self {
        case .tooLarge: "note_too_large"
        case .invalidUTF8: "note_invalid_utf8"
        case .controlCharacter: "note_control_character"
        case .missingNewline: "note_missing_newline"
        case .noSignatures: "note_no_signatures"
        case .tooManySignatures: "note_too_many_signatures"
        case .malformedSignature: "note_malformed_signature"
        case .invalidKeyName: "key_name_invalid"
        case .malformedVerifierKey: "verifier_key_malformed"
        case .unsupportedAlgorithm: "verifier_key_unsupported_algorithm"
        case .wrongKeyID: "verifier_key_wrong_id"
        case .unknownSigner: "note_unknown_signer"
        case .invalidSignature: "note_invalid_signature"
        }
    }
}

extension NoteError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .tooLarge:
            "the note is larger than \(SignedNote.maximumBytes) bytes"
        case .invalidUTF8:
            "the note is not valid UTF-8"
        case .controlCharacter:
            "the note holds a control character other than a newline"
        case .missingNewline:
            "the note's text or its last line does not end in a newline: it may be cut short"
        case .noSignatures:
            "the note has no signature lines behind an empty line"
        case .tooManySignatures:
            "the note has more than \(SignedNote.maximumSignatures) signature lines"
        case .malformedSignature(let line):
            "signature line \(line) is not an em dash, a key name and base64"
        case .invalidKeyName:
            "a key name must have 1 to \(KeyName.maximumBytes) bytes, without spaces, plus signs "
                + "and control characters"
        case .malformedVerifierKey:
            "the verifier key is not of the form name+id+base64"
        case .unsupportedAlgorithm:
            "the verifier key is not an Ed25519 key"
        case .wrongKeyID:
            "the verifier key's id is not that of its name and key: it was altered or mistyped"
        case .unknownSigner:
            "no key that is known here has signed the note: check the verifier key"
        case .invalidSignature:
            "a signature does not verify: the note was altered, or its key is another"
        }
    }
}
