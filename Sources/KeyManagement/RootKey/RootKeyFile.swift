import Cryptography
import Glibc

/// A root key in a file (docs/FORMAT.md, "Root key file").
public struct RootKeyFile: Sendable {
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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw KeyError(
                .keyFileMissing, at: path,
                hint: "make a vault with `aittad init`, or name the file with --key-file "
                    + "(the system says: \(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        try checkPermissions(of: descriptor)
        let key: RootKey?
        do throws(CryptographyError) {
            key = try RootKeyText.read(descriptor)
        } catch {
            throw KeyError(.keyFileMalformed, at: path, hint: "see keys.example for the form")
        }
        guard let key else {
            throw KeyError(
                .keyFileExample, at: path,
                hint: "everybody has the key of keys.example; `aittad init` makes your own")
        }
        return key
    }

    /// Makes a new root key and writes it to the file, which must not exist yet.
    ///
    /// - Throws: ``KeyError/Code/alreadyThere`` or ``KeyError/Code/notWritable``.
    public func create() throws(KeyError) -> RootKey {
        do {
            let key = try SecretBytes(random: 32)
            try RootKeyText.text(of: key).withUnsafeBytes { content throws(KeyError) in
                try KeyFiles.create(content, at: path)
            }
            return try RootKey(key)
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError(error as? CryptographyError ?? .notStarted, at: path)
        }
    }

    /// Reads the key, or makes the file where there is none.
    public func readOrCreate() throws(KeyError) -> RootKey {
        access(path, F_OK) == 0 ? try rootKey() : try create()
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
}
