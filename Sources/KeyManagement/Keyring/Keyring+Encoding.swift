import Cryptography

extension Keyring {
    private static let format: UInt8 = 1
    private static let maximumCount = 1024
    /// In the place of the kind of rotation: deep, and sealed by a root key that was made for it.
    private static let deepWithNewRootKey: UInt8 = 3

    /// The keys as they are sealed (docs/FORMAT.md, "Keyring").
    func encoded() throws(CryptographyError) -> SecretBytes {
        var writer = try SecretWriter(capacity: Self.maximumCount)
        try writer.integer(Self.format)
        try writer.integer(UInt64(bitPattern: createdSeconds))
        try writer.integer(cutoff)
        try writer.integer(isRootKeyNew ? Self.deepWithNewRootKey : rotation?.rawValue ?? 0)
        try writer.integer(UInt8(keks.count))
        for kek in keks { try kek.write(to: &writer) }
        try writer.integer(UInt8(indexKeys.count))
        for key in indexKeys { try key.write(to: &writer) }
        try writer.integer(UInt8(keySets.count))
        for keys in keySets { try keys.write(to: &writer) }
        try writer.bytes(recoveryKey.bytes)
        return try writer.finish()
    }

    /// Reads the keys of an opened keyring or escrow.
    convenience init(
        decoding secret: borrowing SecretBytes, vault: VaultID, generation: UInt64
    ) throws(CryptographyError) {
        var reader = SecretReader()
        guard try reader.integer(UInt8.self, from: secret) == Self.format else {
            throw .malformedText
        }
        let created = Int64(bitPattern: try reader.integer(UInt64.self, from: secret))
        let cutoff = try reader.integer(UInt64.self, from: secret)
        let rotation = try reader.integer(UInt8.self, from: secret)
        var keks: [KeyEncryptionKey] = []
        for _ in 0..<(try reader.integer(UInt8.self, from: secret)) {
            keks.append(
                KeyEncryptionKey(
                    epoch: try reader.integer(UInt64.self, from: secret),
                    createdSeconds: Int64(
                        bitPattern: try reader.integer(UInt64.self, from: secret)),
                    bytes: try reader.secret(32, from: secret)))
        }
        var indexKeys: [IndexKey] = []
        for _ in 0..<(try reader.integer(UInt8.self, from: secret)) {
            indexKeys.append(
                IndexKey(
                    generation: try reader.integer(UInt32.self, from: secret),
                    bytes: try reader.secret(32, from: secret)))
        }
        var keySets: [LongLivedKeys] = []
        for _ in 0..<(try reader.integer(UInt8.self, from: secret)) {
            keySets.append(try LongLivedKeys(from: &reader, of: secret))
        }
        let isRootKeyNew = rotation == Self.deepWithNewRootKey
        let kind = isRootKeyNew ? .deep : RotationKind(rawValue: rotation)
        guard rotation == 0 || kind != nil, keks.count == (kind == nil ? 1 : 2),
            (kind == .deep ? 2...2 : 1...keks.count).contains(indexKeys.count),
            keySets.count == (kind == .deep ? 2 : 1)
        else { throw .malformedText }
        let recoveryKey = try BoxPublicKey(reader.bytes(32, from: secret))
        try reader.expectEnd(of: secret)
        self.init(
            vault: vault, generation: generation, createdSeconds: created, rotation: kind,
            cutoff: cutoff, keks: keks, indexKeys: indexKeys, keySets: keySets,
            recoveryKey: recoveryKey, isRootKeyNew: isRootKeyNew)
    }
}
