import CSodium

/// Authenticated encryption: XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha) with a random nonce.
///
/// A sealed value is nonce (24 bytes) ‖ ciphertext (as long as the plaintext) ‖ tag (16 bytes).
/// Keys are 32 bytes. Opening fails in one way, `authenticationFailed`, whatever was wrong.
public enum AEAD {
    /// Length of a key, in bytes.
    public static let keyCount = 32
    /// Length of the nonce in front, in bytes.
    public static let nonceCount = 24
    /// Length of the tag behind, in bytes.
    public static let tagCount = 16
    /// What sealing adds, in bytes.
    public static let overheadCount = nonceCount + tagCount
    /// The longest plaintext, in bytes: 64 MiB.
    public static let maximumPlaintextCount = 64 << 20

    /// Seals a plaintext.
    ///
    /// - Throws: `invalidKeyLength`, `inputTooLarge`.
    public static func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: AssociatedData,
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        var sealed: [UInt8] = []
        try seal(plaintext, associatedData: associatedData, key: key, appendingTo: &sealed)
        return sealed
    }

    /// Seals a plaintext onto the end of `output`, which is unchanged when this throws.
    ///
    /// - Throws: `invalidKeyLength`, `inputTooLarge`.
    public static func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: AssociatedData,
        key: borrowing SecretBytes, appendingTo output: inout [UInt8]
    ) throws(CryptographyError) {
        guard key.count == keyCount else { throw .invalidKeyLength }
        guard plaintext.count <= maximumPlaintextCount else { throw .inputTooLarge }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: plaintext.count + overheadCount))
        output.withUnsafeMutableBytes { bytes in
            let target = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            associatedData.bytes.withUnsafeBytes { data in
                guard let nonce = target.baseAddress else { return }
                randombytes_buf(nonce, nonceCount)
                encrypt(plaintext, associatedData: data, key: key.pointer, into: target)
            }
        }
    }

    /// Opens a sealed value onto the end of `output`, which is unchanged when this throws. For
    /// personal values; what holds keys is opened by ``openSecret(_:associatedData:key:)``.
    ///
    /// - Throws: `authenticationFailed`, `invalidKeyLength`.
    public static func open(
        _ sealed: UnsafeRawBufferPointer, associatedData: AssociatedData,
        key: borrowing SecretBytes, appendingTo output: inout [UInt8]
    ) throws(CryptographyError) {
        let plaintextCount = try checkedPlaintextCount(sealedCount: sealed.count, key: key)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: plaintextCount))
        let isAuthentic = output.withUnsafeMutableBytes { bytes in
            associatedData.bytes.withUnsafeBytes { data in
                decrypt(
                    sealed, associatedData: data, key: key.pointer,
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            }
        }
        guard isAuthentic else {
            output.removeLast(plaintextCount)
            throw .authenticationFailed
        }
    }

    /// Opens a sealed value.
    ///
    /// - Throws: `authenticationFailed`, `invalidKeyLength`.
    public static func open(
        _ sealed: UnsafeRawBufferPointer, associatedData: AssociatedData,
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        var plaintext: [UInt8] = []
        try open(sealed, associatedData: associatedData, key: key, appendingTo: &plaintext)
        return plaintext
    }

    /// Lengths are checked before anything is allocated for them.
    static func checkedPlaintextCount(
        sealedCount: Int, key: borrowing SecretBytes
    ) throws(CryptographyError) -> Int {
        guard key.count == keyCount else { throw .invalidKeyLength }
        let count = sealedCount - overheadCount
        guard count >= 0, count <= maximumPlaintextCount else { throw .authenticationFailed }
        return count
    }
}
