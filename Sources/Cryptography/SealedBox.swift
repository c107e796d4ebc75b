import CSodium

/// Anonymous public-key encryption: libsodium's `crypto_box_seal` (X25519, XSalsa20-Poly1305 with
/// an ephemeral key). A sealed secret is ephemeral public key (32 bytes) ‖ tag (16) ‖ ciphertext.
public enum SealedBox {
    /// What sealing adds, in bytes.
    public static let overheadCount = 48

    /// Seals a secret, so that only the holder of the matching ``BoxSecretKey`` opens it.
    ///
    /// - Throws: `invalidPublicKey`.
    public static func seal(
        _ secret: borrowing SecretBytes, to publicKey: BoxPublicKey
    ) throws(CryptographyError) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: secret.count + overheadCount)
        let (message, count) = (secret.pointer, UInt64(secret.count))
        let status = publicKey.storage.withPointer { key in
            crypto_box_seal(&sealed, message, count, key)
        }
        guard status == 0 else { throw .invalidPublicKey }
        return sealed
    }

    /// Opens a sealed secret into guarded memory.
    ///
    /// - Throws: `authenticationFailed`, `inputTooLarge`, or as ``SecretBytes/init(count:)``.
    public static func open(
        _ sealed: [UInt8], with secretKey: borrowing BoxSecretKey
    ) throws(CryptographyError) -> SecretBytes {
        guard sealed.count >= overheadCount else { throw .authenticationFailed }
        var secret = try SecretBytes(count: sealed.count - overheadCount)
        let (output, key) = (secret.mutablePointer, secretKey.secret.pointer)
        let status = secretKey.publicKey.storage.withPointer { publicKey in
            crypto_box_seal_open(output, sealed, UInt64(sealed.count), publicKey, key)
        }
        guard status == 0 else { throw .authenticationFailed }
        return secret
    }
}
