extension AEAD {
    /// Seals a secret: keys that wrap keys.
    ///
    /// - Throws: `invalidKeyLength`.
    public static func sealSecret(
        _ secret: borrowing SecretBytes, associatedData: AssociatedData,
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        var sealed: [UInt8] = []
        try sealSecret(secret, associatedData: associatedData, key: key, appendingTo: &sealed)
        return sealed
    }

    /// Seals a secret onto the end of `output`, which is unchanged when this throws.
    ///
    /// - Throws: `invalidKeyLength`.
    public static func sealSecret(
        _ secret: borrowing SecretBytes, associatedData: AssociatedData,
        key: borrowing SecretBytes, appendingTo output: inout [UInt8]
    ) throws(CryptographyError) {
        try seal(
            UnsafeRawBufferPointer(start: secret.base, count: secret.count),
            associatedData: associatedData, key: key, appendingTo: &output)
    }

    /// Opens a sealed secret into guarded memory and nowhere else.
    ///
    /// - Throws: `authenticationFailed`, `invalidKeyLength`, `inputTooLarge` beyond
    ///   ``SecretBytes/maximumCount``, or as ``SecretBytes/init(count:)``.
    public static func openSecret(
        _ sealed: UnsafeRawBufferPointer, associatedData: AssociatedData,
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let count = try checkedPlaintextCount(sealedCount: sealed.count, key: key)
        let secret = try SecretBytes(count: count)
        let target = UnsafeMutableRawBufferPointer(start: secret.base, count: count)
        let isAuthentic = associatedData.bytes.withUnsafeBytes { data in
            decrypt(sealed, associatedData: data, key: key.pointer, into: target)
        }
        guard isAuthentic else { throw .authenticationFailed }
        return secret
    }
}
