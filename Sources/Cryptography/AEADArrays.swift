extension AEAD {
    /// As the seal of a buffer, from an array.
    public static func seal(
        _ plaintext: [UInt8], associatedData: AssociatedData, key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        var sealed: [UInt8] = []
        try plaintext.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try seal(
                UnsafeRawBufferPointer(bytes), associatedData: associatedData, key: key,
                appendingTo: &sealed)
        }
        return sealed
    }

    /// As the open of a buffer, from an array.
    public static func open(
        _ sealed: [UInt8], associatedData: AssociatedData, key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        var plaintext: [UInt8] = []
        try sealed.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try open(
                UnsafeRawBufferPointer(bytes), associatedData: associatedData, key: key,
                appendingTo: &plaintext)
        }
        return plaintext
    }

    /// As the openSecret of a buffer, from a span.
    public static func openSecret(
        _ sealed: RawSpan, associatedData: AssociatedData, key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try sealed.withUnsafeBytes { bytes throws(CryptographyError) in
            try openSecret(bytes, associatedData: associatedData, key: key)
        }
    }

    /// As the openSecret of a buffer, from an array.
    public static func openSecret(
        _ sealed: [UInt8], associatedData: AssociatedData, key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try openSecret(sealed.span.bytes, associatedData: associatedData, key: key)
    }
}
