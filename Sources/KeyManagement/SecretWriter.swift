import Cryptography

/// Writes a secret document into guarded memory, front to back.
struct SecretWriter: ~Copyable {
    private var buffer: SecretBytes
    private var count = 0

    init(capacity: Int) throws(CryptographyError) {
        buffer = try SecretBytes(count: capacity)
    }

    mutating func integer<Number: FixedWidthInteger>(
        _ number: Number
    ) throws(CryptographyError) {
        try place(MemoryLayout<Number>.size) { target in
            target.storeBytes(of: number.littleEndian, as: Number.self)
        }
    }

    mutating func bytes(_ bytes: some Collection<UInt8>) throws(CryptographyError) {
        try place(bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// `sl(text)`: one byte of length, then the ASCII text.
    mutating func shortText(_ text: String) throws(CryptographyError) {
        let bytes = text.utf8
        guard bytes.count <= UInt8.max else { throw .inputTooLarge }
        try integer(UInt8(bytes.count))
        try self.bytes(bytes)
    }

    mutating func secret(_ secret: borrowing SecretBytes) throws(CryptographyError) {
        let start = count
        try place(secret.count) { _ in }
        let room = start..<count
        secret.withUnsafeBytes { source in
            buffer.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[room]).copyMemory(from: source)
            }
        }
    }

    mutating func random(_ count: Int) throws(CryptographyError) {
        let start = self.count
        try place(count) { _ in }
        try buffer.withUnsafeMutableBytes { target throws(CryptographyError) in
            try SecureRandom.fill(
                UnsafeMutableRawBufferPointer(rebasing: target[start..<(start + count)]))
        }
    }

    consuming func finish() throws(CryptographyError) -> SecretBytes {
        try buffer.truncate(to: count)
        return buffer
    }

    private mutating func place(
        _ length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(CryptographyError) {
        guard count + length <= buffer.count else { throw .inputTooLarge }
        let room = count..<(count + length)
        buffer.withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[room])) }
        count += length
    }
}
