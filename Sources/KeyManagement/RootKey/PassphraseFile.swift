import Cryptography
import Glibc

/// How a passphrase becomes the root key: salt and cost, in a file that holds no secret
/// (docs/FORMAT.md, "Passphrase file").
public struct PassphraseFile: Sendable {
    private static let prefix = "aitta-passphrase-1:argon2id:"

    /// The file.
    public let path: String

    /// Names the file.
    public init(path: String) {
        self.path = path
    }

    /// Writes the file, which must not exist yet, with a fresh salt, and derives the root key. Takes
    /// most of a second.
    ///
    /// - Throws: ``KeyError/Code/passphraseTooShort``, ``KeyError/Code/alreadyThere`` or
    ///   ``KeyError/Code/notWritable``.
    public func create(_ passphrase: Passphrase) throws(KeyError) -> RootKey {
        try passphrase.checkStrength()
        let hash: PasswordHash
        let key: RootKey
        do throws(CryptographyError) {
            hash = try PasswordHash()
            key = try RootKey(passphrase.key(hash))
        } catch {
            throw KeyError(error, at: path)
        }
        try KeyFiles.create(Self.text(of: hash), at: path)
        return key
    }

    /// Derives the root key. Any passphrase gives one: whether it is right, the keyring tells.
    ///
    /// - Throws: ``KeyError`` when the file is missing, exposed or malformed, or there is too little memory.
    public func rootKey(_ passphrase: Passphrase) throws(KeyError) -> RootKey {
        let hash = try read()
        do throws(CryptographyError) {
            return try RootKey(passphrase.key(hash))
        } catch {
            throw KeyError(error, at: path)
        }
    }

    /// Salt and cost.
    ///
    /// - Throws: ``KeyError/Code/passphraseFileMissing``, ``KeyError/Code/passphraseFileMalformed``: also for
    ///   a cost outside ``PasswordHash/passesRange`` and ``PasswordHash/memoryRange``.
    @discardableResult
    func read() throws(KeyError) -> PasswordHash {
        guard let content = try KeyFiles.read(path) else {
            throw KeyError(
                .passphraseFileMissing, at: path,
                hint: "put it back: without its salt the passphrase opens nothing")
        }
        guard let hash = Self.parse(content) else {
            throw KeyError(
                .passphraseFileMalformed, at: path,
                hint: "put it back as it was: docs/FORMAT.md has the form and the limits")
        }
        return hash
    }

    static func text(of hash: PasswordHash) -> [UInt8] {
        let digits = hash.salt.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return Array(
            (prefix + "\(hash.passes):\(hash.memoryKibibytes):" + digits.joined() + "\n").utf8)
    }

    /// `nil` for anything but what ``text(of:)`` gives.
    static func parse(_ content: [UInt8]) -> PasswordHash? {
        let text = String(decoding: content.prefix(256), as: UTF8.self)
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).dropLast().split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let passes = Int(parts[0]), let memory = Int(parts[1]) else {
            return nil
        }
        var digits = parts[2]
        var salt: [UInt8] = []
        while digits.count >= 2, let byte = UInt8(digits.prefix(2), radix: 16) {
            salt.append(byte)
            digits = digits.dropFirst(2)
        }
        guard
            let hash = PasswordHash(salt: salt, passes: passes, memoryKibibytes: memory),
            self.text(of: hash) == content
        else { return nil }
        return hash
    }
}
