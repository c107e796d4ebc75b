/// Everything that can go wrong in this module. No case carries a value that was sealed, hashed or
/// kept secret.
public enum CryptographyError: Error, Hashable, Sendable {
    /// ``Sodium/start(lockedMemory:limitBytes:)`` has not run yet.
    case notStarted
    /// libsodium refused to initialise.
    case libraryUnavailable
    /// The kernel refused to lock secret memory into RAM.
    case memoryNotLocked
    /// All secret memory that the limit allows is in use.
    case secretMemoryExhausted
    /// A secret larger than ``SecretBytes/maximumCount``, or a message beyond a function's limit.
    case inputTooLarge
    /// A range outside a secret.
    case rangeOutOfBounds
    /// A key, seed or public key of the wrong length.
    case invalidKeyLength
    /// A public key of small order, which no secret can be sealed to.
    case invalidPublicKey
    /// A digest length outside 16…64 bytes.
    case invalidDigestLength
    /// Sealed data, a signature or padding is not what the key made: altered, truncated, moved to
    /// another place, or made by another key. Nothing tells these apart.
    case authenticationFailed
    /// Secret text is not valid hexadecimal or base64.
    case malformedText
    /// There is not as much memory as the hashing of a passphrase takes.
    case passwordHashFailed
    /// Nothing was given where a secret was asked for, or more than it may be.
    case noSecretGiven
    /// A step that protects the process was refused by the kernel.
    case processNotHardened(ProcessHardening.Step)

    /// Stable identifier for machines.
    public var code: String {
        switch self {
        case .notStarted: "cryptography_not_started"
        case .libraryUnavailable: "cryptography_library_unavailable"
        case .memoryNotLocked: "memory_not_locked"
        case .secretMemoryExhausted: "secret_memory_exhausted"
        case .inputTooLarge: "input_too_large"
        case .rangeOutOfBounds: "range_out_of_bounds"
        case .invalidKeyLength: "invalid_key_length"
        case .invalidPublicKey: "invalid_public_key"
        case .invalidDigestLength: "invalid_digest_length"
        case .authenticationFailed: "authentication_failed"
        case .malformedText: "malformed_secret_text"
        case .passwordHashFailed: "password_hash_failed"
        case .noSecretGiven: "no_secret_given"
        case .processNotHardened: "process_not_hardened"
        }
    }
}

extension CryptographyError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .notStarted:
            "secret memory is used before it was set up: call Sodium.start first"
        case .libraryUnavailable:
            "libsodium did not initialise: check that the system's random source works"
        case .memoryNotLocked:
            "the kernel refused to lock memory for keys: raise the limit (LimitMEMLOCK= in the "
                + "service, or ulimit -l)"
        case .secretMemoryExhausted:
            "the memory for keys is full: raise its limit, or lower the number of requests at once"
        case .inputTooLarge:
            "the input is larger than this operation allows"
        case .rangeOutOfBounds:
            "the range lies outside the secret"
        case .invalidKeyLength:
            "the key has the wrong length for its algorithm"
        case .invalidPublicKey:
            "the public key is not one that a secret can be sealed to"
        case .invalidDigestLength:
            "the digest length must be 16 to 64 bytes"
        case .authenticationFailed:
            "the data did not authenticate: it was altered or moved, or the key is another"
        case .malformedText:
            "the text is not valid hexadecimal or base64 of the expected length"
        case .passwordHashFailed:
            "the passphrase could not be hashed: there is not enough memory for it"
        case .noSecretGiven:
            "nothing was given where a secret was asked for, or more than it may be"
        case .processNotHardened(let step):
            "the process could not be protected: \(step.rawValue) was refused by the kernel"
        }
    }
}
