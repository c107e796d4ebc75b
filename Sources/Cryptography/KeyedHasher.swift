import CSodium

/// Keyed BLAKE2b of a message given in pieces. Its state, which holds the key, lies in guarded
/// memory.
public struct KeyedHasher: ~Copyable, Sendable {
    private var state: SecretBytes
    private let digestCount: Int

    /// An empty message.
    ///
    /// - Throws: `invalidKeyLength`, `invalidDigestLength`, or as ``SecretBytes/init(count:)``.
    public init(key: borrowing SecretBytes, count: Int = 32) throws(CryptographyError) {
        guard KeyedHash.keyCounts.contains(key.count) else { throw .invalidKeyLength }
        guard KeyedHash.digestCounts.contains(count) else { throw .invalidDigestLength }
        state = try SecretBytes(count: crypto_generichash_statebytes())
        digestCount = count
        _ = crypto_generichash_init(statePointer, key.pointer, key.count, count)
    }

    /// Adds bytes as they are.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        _ = crypto_generichash_update(
            statePointer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(bytes.count))
    }

    /// Adds bytes as they are.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds a secret as it is.
    public mutating func update(_ secret: borrowing SecretBytes) {
        update(UnsafeRawBufferPointer(start: secret.base, count: secret.count))
    }

    /// Adds bytes behind their length (UInt32, little-endian), so that parts can't be regrouped.
    public mutating func update(part: UnsafeRawBufferPointer) {
        precondition(part.count <= Int(UInt32.max), "a part's length must fit 32 bits")
        withUnsafeBytes(of: UInt32(part.count).littleEndian) { update($0) }
        update(part)
    }

    /// Adds a text's UTF-8 behind its length (UInt32, little-endian).
    public mutating func update(part: String) {
        var part = part
        part.withUTF8 { update(part: UnsafeRawBufferPointer($0)) }
    }

    /// Adds a number as eight bytes, little-endian, behind their length.
    public mutating func update(part: UInt64) {
        withUnsafeBytes(of: part.littleEndian) { update(part: $0) }
    }

    /// The digest of all that was added.
    public consuming func finalize() -> [UInt8] {
        var output = [UInt8](repeating: 0, count: digestCount)
        output.withUnsafeMutableBytes { finish(into: $0) }
        return output
    }

    /// The digest of all that was added, in guarded memory.
    ///
    /// - Throws: As ``SecretBytes/init(count:)``.
    public consuming func finalizeSecret() throws(CryptographyError) -> SecretBytes {
        let output = try SecretBytes(count: digestCount)
        finish(into: UnsafeMutableRawBufferPointer(start: output.base, count: digestCount))
        return output
    }

    /// The digest of all that was added, for a hasher of 16 bytes.
    ///
    /// - Throws: `invalidDigestLength` for a hasher of another length.
    public consuming func finalize16() throws(CryptographyError) -> Digest16 {
        guard digestCount == Digest16.count else { throw .invalidDigestLength }
        return Digest16 { finish(into: $0) }
    }

    private mutating func finish(into output: UnsafeMutableRawBufferPointer) {
        guard let start = output.baseAddress else { return }
        _ = crypto_generichash_final(
            statePointer, start.assumingMemoryBound(to: UInt8.self), output.count)
    }

    // Opaque to Swift, which has no types aligned to 64 bytes; the slot of a state is.
    private var statePointer: OpaquePointer {
        mutating get { OpaquePointer(state.base) }
    }
}
