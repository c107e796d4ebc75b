public import Cryptography

/// A signing key of the vault: the seed is kept so that the keyring can be written again.
public final class Signer: Sendable {
    private let seed: SecretBytes
    private let key: SigningKey

    init(seed: consuming SecretBytes) throws(CryptographyError) {
        key = try SigningKey(seed: seed)
        self.seed = seed
    }

    /// The public key.
    public var publicKey: PublicKey { key.publicKey }

    /// Signs a message (Ed25519, RFC 8032): 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        key.sign(message)
    }

    /// Lends the key to what signs in a form of its own; it must not escape.
    public func lend<Answer, Failure: Error>(
        to body: (borrowing SigningKey) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        try body(key)
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.secret(seed)
    }
}
