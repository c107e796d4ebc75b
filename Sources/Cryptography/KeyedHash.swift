import CSodium

/// Keyed BLAKE2b (RFC 7693): tokens, tags, MACs and subkeys. Keys are 16 to 64 bytes, digests 16 to
/// 64. For messages of several parts see ``KeyedHasher``.
public enum KeyedHash {
    /// Lengths that a key may have, in bytes.
    public static let keyCounts = 16...64
    /// Lengths that a digest may have, in bytes.
    public static let digestCounts = 16...64

    /// Writes the digest of a message over the whole of `output`, whose length is that of the
    /// digest: for digests that stay in guarded memory.
    ///
    /// - Throws: `invalidKeyLength`, `invalidDigestLength`.
    public static func hash(
        _ message: UnsafeRawBufferPointer, key: borrowing SecretBytes,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard keyCounts.contains(key.count) else { throw .invalidKeyLength }
        guard digestCounts.contains(output.count) else { throw .invalidDigestLength }
        digest(message, key: key, into: output)
    }

    /// The digest of a message.
    ///
    /// - Throws: `invalidKeyLength`, `invalidDigestLength`.
    public static func hash(
        _ message: UnsafeRawBufferPointer, key: borrowing SecretBytes, count: Int = 32
    ) throws(CryptographyError) -> [UInt8] {
        guard keyCounts.contains(key.count) else { throw .invalidKeyLength }
        guard digestCounts.contains(count) else { throw .invalidDigestLength }
        var output = [UInt8](repeating: 0, count: count)
        output.withUnsafeMutableBytes { digest(message, key: key, into: $0) }
        return output
    }

    /// The digest of a message.
    ///
    /// - Throws: `invalidKeyLength`, `invalidDigestLength`.
    public static func hash(
        _ message: [UInt8], key: borrowing SecretBytes, count: Int = 32
    ) throws(CryptographyError) -> [UInt8] {
        try message.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try hash(UnsafeRawBufferPointer(bytes), key: key, count: count)
        }
    }

    /// The 16-byte digest of a message.
    ///
    /// - Throws: `invalidKeyLength`.
    public static func digest16(
        _ message: UnsafeRawBufferPointer, key: borrowing SecretBytes
    ) throws(CryptographyError) -> Digest16 {
        guard keyCounts.contains(key.count) else { throw .invalidKeyLength }
        return Digest16 { digest(message, key: key, into: $0) }
    }

    /// The first eight bytes of the 16-byte digest as a little-endian number.
    ///
    /// - Throws: `invalidKeyLength`.
    public static func uint64(
        _ message: UnsafeRawBufferPointer, key: borrowing SecretBytes
    ) throws(CryptographyError) -> UInt64 {
        try digest16(message, key: key).prefix
    }

    /// Whether `tag` is the digest of the message, in constant time; its length decides that of the
    /// digest, and one outside ``digestCounts`` is no tag.
    ///
    /// - Throws: `invalidKeyLength`.
    public static func isValid(
        _ tag: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer,
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> Bool {
        guard keyCounts.contains(key.count) else { throw .invalidKeyLength }
        guard digestCounts.contains(tag.count) else { return false }
        return withUnsafeTemporaryAllocation(byteCount: tag.count, alignment: 8) { expected in
            digest(message, key: key, into: expected)
            return ConstantTime.equals(tag, UnsafeRawBufferPointer(expected))
        }
    }

    /// A key for one use, from a key that serves for nothing but deriving: the digest of the
    /// context, written as its length (UInt32, little-endian) and its UTF-8.
    ///
    /// - Throws: `invalidKeyLength`, `invalidDigestLength` for a `count` outside 16…64, or as
    ///   ``SecretBytes/init(count:)``.
    public static func deriveSubkey(
        from key: borrowing SecretBytes, context: String, count: Int = 32
    ) throws(CryptographyError) -> SecretBytes {
        guard keyCounts.contains(key.count) else { throw .invalidKeyLength }
        guard digestCounts.contains(count) else { throw .invalidDigestLength }
        var message = AssociatedData(reservingCapacity: 64)
        message.append(context)
        let subkey = try SecretBytes(count: count)
        let output = UnsafeMutableRawBufferPointer(start: subkey.base, count: count)
        message.bytes.withUnsafeBytes { digest($0, key: key, into: output) }
        return subkey
    }

    /// Lengths are the caller's to check.
    private static func digest(
        _ message: UnsafeRawBufferPointer, key: borrowing SecretBytes,
        into output: UnsafeMutableRawBufferPointer
    ) {
        guard let start = output.baseAddress else { return }
        _ = crypto_generichash(
            start.assumingMemoryBound(to: UInt8.self), output.count,
            message.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(message.count),
            key.pointer, key.count)
    }
}
