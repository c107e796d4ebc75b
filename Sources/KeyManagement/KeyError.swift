import Cryptography

/// Why keys could not be read or written: what, where, and what to do. Never a key.
public struct KeyError: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable {
        case keyFileMissing = "key_file_missing"
        case keyFileExposed = "key_file_exposed"
        case keyFileMalformed = "key_file_malformed"
        case keyFileExample = "key_file_example"
        case keyFileElsewhere = "key_file_elsewhere"
        case credentialMissing = "credential_missing"
        case credentialExposed = "credential_exposed"
        case credentialMalformed = "credential_malformed"
        case passphraseFileMissing = "passphrase_file_missing"
        case passphraseFileMalformed = "passphrase_file_malformed"
        case passphraseRequired = "passphrase_required"
        case passphraseTooShort = "passphrase_too_short"
        case wrongPassphrase = "wrong_passphrase"
        case keyringMissing = "keyring_missing"
        case keyringDamaged = "keyring_damaged"
        case keyringOfOtherVault = "keyring_of_other_vault"
        case wrongRootKey = "wrong_root_key"
        case ledgerMissing = "ledger_missing"
        case ledgerDamaged = "ledger_damaged"
        case ledgerNotWritten = "ledger_not_written"
        case ledgerOlder = "ledger_older"
        case ledgerConflicts = "ledger_conflicts"
        case ledgerReplicaIsLedger = "ledger_replica_is_the_ledger"
        case segmentKeyDamaged = "segment_key_damaged"
        case keyBoxDamaged = "key_box_damaged"
        case storeUnreadable = "store_unreadable"
        case stateDamaged = "state_damaged"
        case notWritable = "key_directory_not_writable"
        case alreadyThere = "key_directory_not_empty"
        case cryptography
    }

    /// What went wrong.
    public let code: Code
    /// Where: a file, or a kind of thing and its number.
    public let place: String
    /// What to do.
    public let hint: String?

    /// Makes an error.
    public init(_ code: Code, at place: String, hint: String? = nil) {
        self.code = code
        self.place = place
        self.hint = hint
    }

    init(_ error: CryptographyError, at place: String) {
        self.init(.cryptography, at: place, hint: error.description)
    }
}

extension KeyError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        "\(code.rawValue.replacing("_", with: " ")): \(place)"
    }
}
