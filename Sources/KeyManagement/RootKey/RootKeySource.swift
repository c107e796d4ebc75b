/// Where a vault's root key comes from.
public enum RootKeySource: Sendable, Hashable {
    /// A file that holds it (``RootKeyFile``).
    case keyFile(path: String)
    /// A passphrase that a person knows; the file says how it becomes the key (``PassphraseFile``).
    case passphrase(path: String)
    /// A credential that systemd gives to the service (``RootKeyCredential``).
    case credential(name: String)

    /// Whether a person must say something.
    public var needsPassphrase: Bool {
        if case .passphrase = self { true } else { false }
    }

    /// Reads or derives the root key.
    ///
    /// - Throws: ``KeyError/Code/passphraseRequired`` where one is needed and none is given, or as the
    ///   source.
    func rootKey(_ passphrase: Passphrase?) throws(KeyError) -> RootKey {
        switch self {
        case .keyFile(let path): return try RootKeyFile(path: path).rootKey()
        case .credential(let name): return try RootKeyCredential(name: name).rootKey()
        case .passphrase(let path):
            let file = PassphraseFile(path: path)
            guard let passphrase else {
                try file.read()
                throw KeyError(.passphraseRequired, at: path)
            }
            return try file.rootKey(passphrase)
        }
    }
}
