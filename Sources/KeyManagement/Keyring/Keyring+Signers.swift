public import Cryptography

extension Keyring {
    /// The public certificate keys: in a deep rotation that runs, the former and the new one.
    public var certificateKeys: [PublicKey] { keySets.map(\.certificateKey.publicKey) }

    /// The signers of certificates, of the log and of backups before a deep rotation that runs; `nil`: none
    /// does.
    public var formerSigners: (certificates: Signer, log: Signer, backups: Signer)? {
        guard rotation == .deep else { return nil }
        let keys = keySets[0]
        return (keys.certificateKey, keys.logKey, keys.backupKey)
    }
}
