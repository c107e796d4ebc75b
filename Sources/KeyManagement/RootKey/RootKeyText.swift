import Cryptography
import Glibc

/// A root key as text (docs/FORMAT.md, "Root key file"): in a key file, or in a systemd credential.
enum RootKeyText {
    private static let prefix = "aitta-root-key-1:"
    private static let maximumCount = 4096
    /// SHA-256 of the key in `keys.example`, which everybody has.
    private static let exampleDigest =
        "119ba85f5c0f90affe0509b21dd622f97ca6e725c1d9e6dbfdb15f7c3d61172c"

    /// A key's text.
    static func text(
        of key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let encoded = try SecretText.encodeBase64(key)
        var writer = try SecretWriter(capacity: 256)
        try writer.bytes(prefix.utf8)
        try writer.secret(encoded)
        try writer.bytes("\n".utf8)
        return try writer.finish()
    }

    /// Reads a key from an open file; `nil` for the one of `keys.example`.
    ///
    /// - Throws: `malformedText`.
    static func read(_ descriptor: CInt) throws(CryptographyError) -> RootKey? {
        let key = try parse(readAll(descriptor))
        return isExample(key) ? nil : try RootKey(key)
    }

    private static func readAll(_ descriptor: CInt) throws(CryptographyError) -> SecretBytes {
        var text = try SecretBytes(count: maximumCount)
        var count = 0
        while count < maximumCount {
            let got = text.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, maximumCount - count)
            }
            if got == 0 { break }
            guard got > 0 else { throw .malformedText }
            count += got
        }
        guard count < maximumCount else { throw .malformedText }
        try text.truncate(to: count)
        return text
    }

    private static func parse(
        _ text: consuming SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let line = try keyLine(in: text)
        let start = line.lowerBound + prefix.utf8.count
        guard start < line.upperBound else { throw .malformedText }
        let key = try SecretText.decodeBase64(text.copy(start..<line.upperBound))
        guard key.count == 32 else { throw .malformedText }
        return key
    }

    private static func isExample(_ key: borrowing SecretBytes) -> Bool {
        let digest = key.withUnsafeBytes { SHA256.hash($0) }
        let hexadecimal = digest.bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return hexadecimal.joined() == exampleDigest
    }

    /// The only line that is neither empty nor a comment.
    private static func keyLine(
        in text: borrowing SecretBytes
    ) throws(CryptographyError) -> Range<Int> {
        let lines = text.withUnsafeBytes { bytes in
            bytes.indices.split { bytes[$0] == UInt8(ascii: "\n") }
                .map { $0.lowerBound..<$0.upperBound }
                .filter { bytes[$0.lowerBound] != UInt8(ascii: "#") }
        }
        guard lines.count == 1, let line = lines.first,
            text.withUnsafeBytes({ prefix.utf8.elementsEqual($0[line].prefix(17)) })
        else { throw .malformedText }
        return line
    }
}
