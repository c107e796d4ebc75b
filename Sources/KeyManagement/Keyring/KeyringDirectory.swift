import Cryptography
import Glibc

/// The directory of keyring, escrow and ledger: the only files whose old copies must not survive.
public struct KeyringDirectory: Sendable {
    /// The directory.
    public let path: String

    /// Names the directory.
    public init(path: String) {
        self.path = path
    }

    /// The path stands for the place.
    public var name: String { path }

    /// The file system that the directory lies on; `nil`: it is out of reach.
    public var fileSystem: UInt64? { KeyFiles.fileSystem(of: path) }

    /// Where the ledger lies.
    public var ledgerPath: String { path + "/ledger" }
    /// How surely an overwritten file is gone.
    public var strength: StorageStrength { StorageStrength.of(path) }
    private var keyringPath: String { path + "/keyring" }
    private var escrowPath: String { path + "/escrow" }
    private var historyPath: String { path + "/key-history.json" }

    /// Makes the directory (0700) and writes a new vault's keyring, escrow and empty ledger.
    ///
    /// - Throws: ``KeyError/Code/alreadyThere`` when there is a keyring already.
    public func create(_ keyring: Keyring, rootKey: RootKey) throws(KeyError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        guard access(keyringPath, F_OK) != 0 else {
            throw KeyError(.alreadyThere, at: keyringPath)
        }
        try Ledger.create(at: ledgerPath, vault: keyring.vault)
        try write(keyring, rootKey: rootKey)
    }

    /// Makes the directory (0700) for a vault that is restored: keyring and escrow anew, the ledger as it
    /// was saved, to be continued.
    ///
    /// - Throws: ``KeyError/Code/alreadyThere`` when there is a keyring or a ledger already.
    public func restore(
        _ keyring: Keyring, rootKey: RootKey, ledgerAt source: String
    ) throws(KeyError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw KeyError(.notWritable, at: path, hint: String(cString: strerror(errno)))
        }
        for file in [keyringPath, ledgerPath] where access(file, F_OK) == 0 {
            throw KeyError(.alreadyThere, at: file)
        }
        try Self.copyLedger(at: source, to: ledgerPath)
        try write(keyring, rootKey: rootKey)
    }

    /// Copies the ledger to a place where there is none yet: of one that is being written, its last entry
    /// may be torn there.
    public func copyLedger(to target: String) throws(KeyError) {
        try Self.copyLedger(at: ledgerPath, to: target)
    }

    private static func copyLedger(at source: String, to target: String) throws(KeyError) {
        guard let content = try KeyFiles.read(source) else {
            throw KeyError(.ledgerMissing, at: source)
        }
        try KeyFiles.create(content, at: target)
    }

    /// The escrow as it lies in the directory; `nil` if there is none.
    public func escrow() throws(KeyError) -> [UInt8]? {
        try KeyFiles.read(escrowPath)
    }

    /// Opens the keyring.
    public func open(rootKey: RootKey, vault: VaultID) throws(KeyError) -> Keyring {
        guard let file = try KeyFiles.read(keyringPath) else {
            throw KeyError(
                .keyringMissing, at: keyringPath,
                hint: "restore it from a replica, or from the escrow with the recovery key")
        }
        return try KeyringFile.open(file, rootKey: rootKey, vault: vault)
    }

    /// Puts a keyring and its escrow in the place of those that are there, which are overwritten before they
    /// are let go, and reads both back.
    ///
    /// - Throws: ``KeyError``; which of the two keyrings is then there is not known.
    public func write(_ keyring: Keyring, rootKey: RootKey) throws(KeyError) {
        let files: (keyring: [UInt8], escrow: [UInt8])
        do throws(CryptographyError) {
            files = (try KeyringFile.seal(keyring, rootKey: rootKey), try Escrow.seal(keyring))
        } catch {
            throw KeyError(error, at: keyringPath)
        }
        try KeyFiles.replace(files.escrow, at: escrowPath)
        try KeyFiles.replace(files.keyring, at: keyringPath)
        guard try KeyFiles.read(escrowPath) == files.escrow,
            try KeyFiles.read(keyringPath) == files.keyring
        else { throw KeyError(.keyringDamaged, at: keyringPath, hint: "check the disk") }
    }

    /// The files that ``restore(_:rootKey:ledgerAt:)`` makes.
    public var files: [String] { [keyringPath, escrowPath, ledgerPath] }

    /// Destroys files of keys that a restore made which never came to its end.
    public static func destroy(_ files: [String]) throws(KeyError) {
        for file in files { try KeyFiles.destroy(file) }
    }

    /// Puts the key history in the place of the one that is there.
    public func writeHistory(_ document: [UInt8]) throws(KeyError) {
        guard try KeyFiles.read(historyPath) != document else { return }
        try KeyFiles.replace(document, at: historyPath)
    }

    /// Destroys what a change that a crash cut short has left of other keyrings. To be called once the
    /// keyring is open.
    public func destroyLeftovers() throws(KeyError) {
        try KeyFiles.destroyLeftovers(of: escrowPath)
        try KeyFiles.destroyLeftovers(of: keyringPath)
    }
}
