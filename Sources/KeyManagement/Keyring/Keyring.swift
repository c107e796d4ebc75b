public import Cryptography

/// All long-lived keys of a vault, as one immutable value: every change makes a new generation.
public final class Keyring: Sendable {
    /// The vault that the keys belong to.
    public let vault: VaultID
    /// 1 when made, one more with every change.
    public let generation: UInt64
    /// When this generation was made, in Unix seconds.
    public let createdSeconds: Int64
    /// The last ledger entry that a running rotation settles; 0 when none runs.
    public let cutoff: UInt64
    /// The KEK that wraps what is written now: that of the newest epoch.
    public var kek: KeyEncryptionKey { keks[keks.count - 1] }
    /// The key of the index that is searched now.
    public var indexKey: IndexKey { indexKeys[0] }
    /// Derives index values.
    public let indexSecret: IndexSecret
    /// Signs certificates.
    public let certificateKey: Signer
    /// Signs the log's checkpoints.
    public let logKey: Signer
    /// Signs backups.
    public let backupKey: Signer
    /// Authenticates tombstones.
    public let controlKey: ControlKey
    /// To whom the escrow is sealed.
    public let recoveryKey: BoxPublicKey

    let keks: [KeyEncryptionKey]
    let indexKeys: [IndexKey]
    let ledgerKey: SecretBytes

    init(
        vault: VaultID, generation: UInt64, createdSeconds: Int64, cutoff: UInt64,
        keks: [KeyEncryptionKey], indexKeys: [IndexKey], indexSecret: IndexSecret,
        certificateKey: Signer, logKey: Signer, backupKey: Signer,
        ledgerKey: consuming SecretBytes, controlKey: ControlKey, recoveryKey: BoxPublicKey
    ) {
        self.vault = vault
        self.generation = generation
        self.createdSeconds = createdSeconds
        self.cutoff = cutoff
        self.keks = keks
        self.indexKeys = indexKeys
        self.indexSecret = indexSecret
        self.certificateKey = certificateKey
        self.logKey = logKey
        self.backupKey = backupKey
        self.ledgerKey = ledgerKey
        self.controlKey = controlKey
        self.recoveryKey = recoveryKey
    }

    /// A new vault's keyring: everything random, epoch 1, index generation 1.
    public static func make(
        vault: VaultID, recoveryKey: BoxPublicKey, nowSeconds: Int64
    ) throws(CryptographyError) -> Keyring {
        try Keyring(
            vault: vault, generation: 1, createdSeconds: nowSeconds, cutoff: 0,
            keks: [
                KeyEncryptionKey(
                    epoch: 1, createdSeconds: nowSeconds, bytes: SecretBytes(random: 32))
            ],
            indexKeys: [IndexKey(generation: 1, bytes: SecretBytes(random: 32))],
            indexSecret: IndexSecret(bytes: SecretBytes(random: 32)),
            certificateKey: Signer(seed: SecretBytes(random: 32)),
            logKey: Signer(seed: SecretBytes(random: 32)),
            backupKey: Signer(seed: SecretBytes(random: 32)),
            ledgerKey: SecretBytes(random: 32),
            controlKey: ControlKey(bytes: SecretBytes(random: 32)),
            recoveryKey: recoveryKey)
    }

    /// The KEK of an epoch, if the keyring still has it.
    func kek(ofEpoch epoch: UInt64) -> KeyEncryptionKey? {
        keks.first { $0.epoch == epoch }
    }
}
