import Cryptography

/// What a root key is to come from in the future.
public enum NewRootKey: Sendable {
    /// A file of this name, which is made in the key directory.
    case keyFile(path: String)
    /// A passphrase.
    case passphrase(Passphrase)
    /// A systemd credential that is there already.
    case credential(name: String)
}

extension NewRootKey {
    /// Whether it is the secret that a root key was made of before: the same credential, or the same
    /// passphrase, under another salt.
    public func isSecret(
        of former: RootKey, from source: RootKeySource
    ) throws(KeyError) -> Bool {
        let again: RootKey
        let place: String
        switch (self, source) {
        case (.credential(let name), .credential):
            (again, place) = (try RootKeyCredential(name: name).rootKey(), name)
        case (.passphrase(let passphrase), .passphrase(let path)):
            (again, place) = (try PassphraseFile(path: path).rootKey(passphrase), path)
        default: return false
        }
        do throws(CryptographyError) {
            return try again.isSame(as: former)
        } catch {
            throw KeyError(error, at: place)
        }
    }
}

extension KeyringDirectory {
    /// The directory that keyring directory, key file and passphrase file lie in.
    public var keyDirectory: String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Makes a source: a new key file, a new passphrase file, or nothing, where a credential is there.
    ///
    /// - Parameter generation: That of the keyring to be sealed by it, which tells passphrase files apart.
    /// - Throws: ``KeyError``; nothing has changed then.
    public func make(
        _ new: NewRootKey, forGeneration generation: UInt64
    ) throws(KeyError) -> (rootKey: RootKey, source: RootKeySource) {
        let source = try source(of: new, forGeneration: generation)
        let rootKey =
            switch (source, new) {
            case (.credential(let name), _): try RootKeyCredential(name: name).rootKey()
            case (.passphrase(let path), .passphrase(let passphrase)):
                try PassphraseFile(path: path).create(passphrase)
            case (.passphrase(let path), _), (.keyFile(let path), _):
                try RootKeyFile(path: path).create()
            }
        return (rootKey, source)
    }

    /// What ``make(_:forGeneration:)`` makes, and where.
    public func source(
        of new: NewRootKey, forGeneration generation: UInt64
    ) throws(KeyError) -> RootKeySource {
        switch new {
        case .keyFile(let path): .keyFile(path: try placeOfKeyFile(path))
        case .credential(let name): .credential(name: name)
        case .passphrase:
            .passphrase(path: keyDirectory + "/root-\(generation).passphrase")
        }
    }

    /// A file directly in the key directory: nothing that a request names is written elsewhere.
    private func placeOfKeyFile(_ path: String) throws(KeyError) -> String {
        let prefix = keyDirectory + "/"
        let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        guard RootKeyCredential.isName(name) else {
            throw KeyError(
                .keyFileElsewhere, at: "key file",
                hint: "name a new file in \(keyDirectory), of letters, digits, dots and hyphens")
        }
        return prefix + name
    }
}
