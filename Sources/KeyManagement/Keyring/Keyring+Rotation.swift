public import Cryptography

extension Keyring {
    /// The middle state of an epoch rotation, {old, new, cutoff}: the KEK of the next epoch beside the
    /// present one.
    ///
    /// - Parameters:
    ///   - cutoff: The last ledger entry that was committed before this is called.
    ///   - renewsIndex: Whether there is a new index key too: something was removed since the present one was made.
    public func beginningRotation(
        cutoff: UInt64, renewsIndex: Bool, nowSeconds: Int64
    ) throws(CryptographyError) -> Keyring {
        precondition(rotation == nil, "a rotation runs already")
        return try Keyring(
            vault: vault, generation: generation + 1, createdSeconds: nowSeconds,
            rotation: .epoch, cutoff: cutoff,
            keks: [kek, .make(epoch: kek.epoch + 1, nowSeconds: nowSeconds)],
            indexKeys: renewsIndex
                ? [indexKey, .make(generation: indexKey.generation + 1)] : [indexKey],
            keySets: keySets, recoveryKey: recoveryKey)
    }

    /// The middle state of a deep rotation: every key of it has its successor beside it.
    ///
    /// - Parameter cutoff: As for ``beginningRotation(cutoff:renewsIndex:nowSeconds:)``.
    public func beginningDeepRotation(
        cutoff: UInt64, nowSeconds: Int64
    ) throws(CryptographyError) -> Keyring {
        precondition(rotation == nil, "a rotation runs already")
        return try Keyring(
            vault: vault, generation: generation + 1, createdSeconds: nowSeconds,
            rotation: .deep, cutoff: cutoff,
            keks: [kek, .make(epoch: kek.epoch + 1, nowSeconds: nowSeconds)],
            indexKeys: [indexKey, .make(generation: indexKey.generation + 1)],
            keySets: [keySets[0], .make()], recoveryKey: recoveryKey)
    }

    /// The keyring that a rotation ends with, {new}: the old KEK and the old index key are in it no more.
    public func endingRotation(nowSeconds: Int64) -> Keyring {
        Keyring(
            vault: vault, generation: generation + 1, createdSeconds: nowSeconds, keks: [kek],
            indexKeys: [indexKeys[indexKeys.count - 1]], keySets: [keySets[keySets.count - 1]],
            recoveryKey: recoveryKey)
    }

    /// The same keys as the next generation, for a keyring that is sealed anew.
    ///
    /// - Parameter isRootKeyNew: Whether it is sealed by a root key that is made now.
    public func renumbered(nowSeconds: Int64, isRootKeyNew: Bool = false) -> Keyring {
        Keyring(
            vault: vault, generation: generation + 1, createdSeconds: nowSeconds,
            rotation: rotation, cutoff: cutoff, keks: keks, indexKeys: indexKeys,
            keySets: keySets, recoveryKey: recoveryKey,
            isRootKeyNew: rotation == .deep && (isRootKeyNew || self.isRootKeyNew))
    }

    /// The same keys as the next generation, whose escrow is sealed to another recovery key.
    public func recoverable(by recoveryKey: BoxPublicKey, nowSeconds: Int64) -> Keyring {
        Keyring(
            vault: vault, generation: generation + 1, createdSeconds: nowSeconds,
            rotation: rotation, cutoff: cutoff, keks: keks, indexKeys: indexKeys,
            keySets: keySets, recoveryKey: recoveryKey, isRootKeyNew: isRootKeyNew)
    }
}

extension KeyEncryptionKey {
    static func make(
        epoch: UInt64, nowSeconds: Int64
    ) throws(CryptographyError) -> KeyEncryptionKey {
        try KeyEncryptionKey(
            epoch: epoch, createdSeconds: nowSeconds, bytes: SecretBytes(random: AEAD.keyCount))
    }
}

extension IndexKey {
    static func make(generation: UInt32) throws(CryptographyError) -> IndexKey {
        try IndexKey(generation: generation, bytes: SecretBytes(random: 32))
    }
}
