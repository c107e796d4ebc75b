public import KeyManagement

/// Where a vault's keyring and escrow lie.
public protocol KeyringStorage: Sendable {
    /// What the place is called in the status and in certificates.
    var name: String { get }

    /// How surely an overwritten keyring is gone.
    var strength: StorageStrength { get }

    /// The file system that it lies on; `nil`: out of reach.
    var fileSystem: UInt64? { get }

    /// Makes a source of the root key beside the keyring.
    ///
    /// - Throws: ``KeyError``; nothing has changed then.
    func make(
        _ new: NewRootKey, forGeneration generation: UInt64
    ) throws(KeyError) -> (rootKey: RootKey, source: RootKeySource)

    /// Puts a keyring and its escrow in the place of those that are there, which are destroyed, and reads
    /// them back.
    ///
    /// - Throws: ``KeyError``; which of the two keyrings is then there is not known.
    func write(_ keyring: Keyring, rootKey: RootKey) throws(KeyError)

    /// Puts the key history, which is public, beside the keyring.
    func writeHistory(_ document: [UInt8]) throws(KeyError)
}

extension KeyringDirectory: KeyringStorage {}
