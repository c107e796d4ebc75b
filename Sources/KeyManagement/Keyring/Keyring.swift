public import Cryptography

/// All long-lived keys of a vault, as one immutable value: every change makes a new generation.
public final class Keyring: Sendable {
    /// The vault that the keys belong to.
    public let vault: VaultID
    /// 1 when made, one more with every change.
    public let generation: UInt64
    /// When this generation was made, in Unix seconds.
    public let createdSeconds: Int64
    /// The rotation in whose middle state this keyring is; `nil` when none runs.
    public let rotation: RotationKind?
    /// The last ledger entry that a running rotation settles; 0 when none runs.
    public let cutoff: UInt64
    /// The KEK that wraps what is written now: that of the newest epoch.
    public var kek: KeyEncryptionKey { keks[keks.count - 1] }
    /// The key of the index that is searched now.
    public var indexKey: IndexKey { indexKeys[0] }
    /// The key of the index that a running rotation makes.
    public var nextIndexKey: IndexKey? { indexKeys.count > 1 ? indexKeys[1] : nil }
    /// Signs certificates.
    public var certificateKey: Signer { newest.certificateKey }
    /// Signs the log's checkpoints.
    public var logKey: Signer { newest.logKey }
    /// Signs backups.
    public var backupKey: Signer { newest.backupKey }
    /// Authenticates control data that is written now.
    public var controlKey: ControlKey { newest.controlKey }
    /// To whom the escrow is sealed.
    public let recoveryKey: BoxPublicKey

    let keks: [KeyEncryptionKey]
    let indexKeys: [IndexKey]
    /// Two while a deep rotation runs: the old ones and the new ones.
    let keySets: [LongLivedKeys]
    /// Whether the root key that seals this keyring was made for the deep rotation that runs.
    public let isRootKeyNew: Bool

    var newest: LongLivedKeys { keySets[keySets.count - 1] }

    init(
        vault: VaultID, generation: UInt64, createdSeconds: Int64, rotation: RotationKind? = nil,
        cutoff: UInt64 = 0, keks: [KeyEncryptionKey], indexKeys: [IndexKey],
        keySets: [LongLivedKeys], recoveryKey: BoxPublicKey, isRootKeyNew: Bool = false
    ) {
        self.vault = vault
        self.generation = generation
        self.createdSeconds = createdSeconds
        self.rotation = rotation
        self.cutoff = cutoff
        self.keks = keks
        self.indexKeys = indexKeys
        self.keySets = keySets
        self.recoveryKey = recoveryKey
        self.isRootKeyNew = isRootKeyNew
    }

    /// A new vault's keyring: everything random, epoch 1, index generation 1.
    public static func make(
        vault: VaultID, recoveryKey: BoxPublicKey, nowSeconds: Int64
    ) throws(CryptographyError) -> Keyring {
        try Keyring(
            vault: vault, generation: 1, createdSeconds: nowSeconds,
            keks: [.make(epoch: 1, nowSeconds: nowSeconds)], indexKeys: [.make(generation: 1)],
            keySets: [.make()], recoveryKey: recoveryKey)
    }

    /// The KEK of an epoch, if the keyring still has it.
    func kek(ofEpoch epoch: UInt64) -> KeyEncryptionKey? {
        keks.first { $0.epoch == epoch }
    }

}
