import Cryptography
import Glibc

/// A root key in a file (docs/FORMAT.md, "Root key file").
public struct RootKeyFile: RootKeySource {
    private static let prefix = "aitta-root-key-1:"
    private static let maximumCount = 4096
    /// SHA-256 of the key in `keys.example`, which everybody has.
    private static let exampleDigest =
        "119ba85f5c0f90affe0509b21dd622f97ca6e725c1d9e6dbfdb15f7c3d61172c"

    /// The file.
    public let path: String

    /// Names the file; it is read by ``rootKey()``.
    public init(path: String) {
        self.path = path
    }

    /// Reads the key.
    ///
    /// - Throws: ``KeyError`` when the file is missing, exposed to others, malformed, or the example.
    public func rootKey() throws(KeyError) -> RootKey {
        guard let key = try readKey() else {
            throw KeyError(
                .keyFileExample, at: path,
                hint: "everybody has the key of keys.example; `aittad init` makes your own")
        }
        return key
    }

    /// The key; `nil` for the example.
    private func readKey() throws(KeyError) -> RootKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw KeyError(
                .keyFileMissing, at: path,
                hint: "make a vault with `aittad init`, or name the file with --key-file "
                    + "(the system says: \(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        try checkPermissions(of: descriptor)
        do throws(CryptographyError) {
            let key = try parse(readAll(descriptor))
            guard !isExample(key) else { return nil }
            return try RootKey(key)
        } catch {
            throw KeyError(.keyFileMalformed, at: path, hint: "see keys.example for the form")
        }
    }

    /// Makes a new root key and writes it to the file, which must not exist yet.
    ///
    /// - Throws: ``KeyError/Code/alreadyThere`` or ``KeyError/Code/notWritable``.
    public func create() throws(KeyError) -> RootKey {
        do {
            let bytes = try SecretBytes(random: 32)
            let encoded = try SecretText.encodeBase64(bytes)
            var writer = try SecretWriter(capacity: 256)
            try writer.bytes(Self.prefix.utf8)
            try writer.secret(encoded)
            try writer.bytes("\n".utf8)
            let text = try writer.finish()
            try text.withUnsafeBytes { content throws(KeyError) in
                try KeyFiles.create(content, at: path)
            }
            return try RootKey(bytes)
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError(error as? CryptographyError ?? .notStarted, at: path)
        }
    }

    private func checkPermissions(of descriptor: CInt) throws(KeyError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw KeyError(.keyFileMalformed, at: path, hint: "it is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw KeyError(
                .keyFileExposed, at: path,
                hint: "others may read it: run `chmod 0600 \(path)`, and ask who did read it")
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw KeyError(
                .keyFileExposed, at: path, hint: "it belongs to another user: chown it")
        }
    }

    private func readAll(_ descriptor: CInt) throws(CryptographyError) -> SecretBytes {
        var text = try SecretBytes(count: Self.maximumCount)
        var count = 0
        while count < Self.maximumCount {
            let got = text.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress! + count, Self.maximumCount - count)
            }
            if got == 0 { break }
            guard got > 0 else { throw .malformedText }
            count += got
        }
        guard count < Self.maximumCount else { throw .malformedText }
        try text.truncate(to: count)
        return text
    }

    private func parse(_ text: consuming SecretBytes) throws(CryptographyError) -> SecretBytes {
        let line = try keyLine(in: text)
        let start = line.lowerBound + Self.prefix.utf8.count
        guard start < line.upperBound else { throw .malformedText }
        let key = try SecretText.decodeBase64(text.copy(start..<line.upperBound))
        guard key.count == 32 else { throw .malformedText }
        return key
    }

    private func isExample(_ key: borrowing SecretBytes) -> Bool {
        let digest = key.withUnsafeBytes { SHA256.hash($0) }
        let hexadecimal = digest.bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return hexadecimal.joined() == Self.exampleDigest
    }

    /// The only line that is neither empty nor a comment.
    private func keyLine(in text: borrowing SecretBytes) throws(CryptographyError) -> Range<Int> {
        let lines = text.withUnsafeBytes { bytes in
            bytes.indices.split { bytes[$0] == UInt8(ascii: "\n") }
                .map { $0.lowerBound..<$0.upperBound }
                .filter { bytes[$0.lowerBound] != UInt8(ascii: "#") }
        }
        guard lines.count == 1, let line = lines.first,
            text.withUnsafeBytes({ Self.prefix.utf8.elementsEqual($0[line].prefix(17)) })
        else { throw .malformedText }
        return line
    }
}
