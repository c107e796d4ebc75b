import Cryptography

/// Reads a secret document front to back; every read past its end is refused.
struct SecretReader {
    private(set) var offset = 0

    mutating func integer<Number: FixedWidthInteger>(
        _ type: Number.Type, from secret: borrowing SecretBytes
    ) throws(CryptographyError) -> Number {
        let start = try advance(by: MemoryLayout<Number>.size, in: secret)
        return secret.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Number.self))
        }
    }

    mutating func bytes(
        _ count: Int, from secret: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        let start = try advance(by: count, in: secret)
        return secret.withUnsafeBytes { [UInt8]($0[start..<(start + count)]) }
    }

    mutating func shortText(
        from secret: borrowing SecretBytes
    ) throws(CryptographyError) -> String {
        let count = Int(try integer(UInt8.self, from: secret))
        let start = try advance(by: count, in: secret)
        return secret.withUnsafeBytes {
            String(decoding: $0[start..<(start + count)], as: UTF8.self)
        }
    }

    mutating func secret(
        _ count: Int, from secret: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let start = try advance(by: count, in: secret)
        return try secret.copy(start..<(start + count))
    }

    mutating func skipShortText(
        in secret: borrowing SecretBytes
    ) throws(CryptographyError) {
        let count = Int(try integer(UInt8.self, from: secret))
        _ = try advance(by: count, in: secret)
    }

    /// Passes over `count` bytes and says where they began.
    mutating func skip(
        _ count: Int, in secret: borrowing SecretBytes
    ) throws(CryptographyError) -> Int {
        try advance(by: count, in: secret)
    }

    func expectEnd(of secret: borrowing SecretBytes) throws(CryptographyError) {
        guard offset == secret.count else { throw .rangeOutOfBounds }
    }

    private mutating func advance(
        by count: Int, in secret: borrowing SecretBytes
    ) throws(CryptographyError) -> Int {
        let start = offset
        guard count >= 0, count <= secret.count - start else { throw .rangeOutOfBounds }
        offset += count
        return start
    }
}
