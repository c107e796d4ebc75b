import Cryptography
public import Storage

/// The key of one index generation: turns index values into tags.
public final class IndexKey: Sendable {
    /// The generation, from 1.
    public let generation: UInt32
    private let bytes: SecretBytes

    init(generation: UInt32, bytes: consuming SecretBytes) {
        self.generation = generation
        self.bytes = bytes
    }

    /// Where records of this index value may stand.
    public func chain(of value: IndexValue) -> IndexChain {
        IndexChain(generation: generation) { occurrence in
            self.tag(of: value, occurrence: occurrence)
        }
    }

    private func tag(of value: IndexValue, occurrence: UInt32) -> UInt64 {
        value.bytes.withUnsafeBytes { tag(of: $0, occurrence: occurrence) }
    }

    /// The tag of an index value that lies in guarded memory.
    func tag(of value: UnsafeRawBufferPointer, occurrence: UInt32) -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 8) { message in
            defer { Wiping.wipe(message) }
            message.copyMemory(from: value)
            message.storeBytes(of: occurrence.littleEndian, toByteOffset: 16, as: UInt32.self)
            do throws(CryptographyError) {
                return try KeyedHash.uint64(UnsafeRawBufferPointer(message), key: bytes)
            } catch {
                preconditionFailure("an index key has 32 bytes: checked when it was made")
            }
        }
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.integer(generation)
        try writer.secret(bytes)
    }
}
