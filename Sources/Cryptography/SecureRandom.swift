import CSodium

/// The kernel's random numbers, asked anew each time, so that neither a fork nor a resumed machine
/// image can repeat any.
public enum SecureRandom {
    /// Fills the buffer.
    ///
    /// - Throws: `libraryUnavailable`.
    public static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CryptographyError) {
        guard Sodium.isInitialised else { throw .libraryUnavailable }
        if let start = buffer.baseAddress { randombytes_buf(start, buffer.count) }
    }

    /// `count` bytes, for what is not secret: identifiers, nonces. Keys are
    /// ``SecretBytes/init(random:)``.
    public static func bytes(count: Int) throws(CryptographyError) -> [UInt8] {
        guard Sodium.isInitialised else { throw .libraryUnavailable }
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    /// A uniform 64-bit number.
    ///
    /// - Throws: `libraryUnavailable`.
    public static func uint64() throws(CryptographyError) -> UInt64 {
        guard Sodium.isInitialised else { throw .libraryUnavailable }
        var value: UInt64 = 0
        randombytes_buf(&value, MemoryLayout<UInt64>.size)
        return value
    }
}
