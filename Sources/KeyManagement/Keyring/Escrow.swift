public import Cryptography

/// The keyring sealed to the recovery key (docs/FORMAT.md, "Escrow"): what a bare machine starts from.
public enum Escrow {
    private static let magic = Array("AITTAESC".utf8)
    private static let format: UInt8 = 1
    private static let headerCount = 65
    private static let boxCount = 80

    /// Seals a keyring to its recovery key.
    public static func seal(_ keyring: Keyring) throws(CryptographyError) -> [UInt8] {
        let contentKey = try SecretBytes(random: AEAD.keyCount)
        var file = magic + [format] + keyring.vault.bytes
        withUnsafeBytes(of: keyring.generation.littleEndian) { file.append(contentsOf: $0) }
        file += keyring.recoveryKey.bytes
        let commitment = try self.commitment(to: file, contentKey: contentKey)
        let data = associatedData(
            vault: keyring.vault, generation: keyring.generation, commitment: commitment)
        file += commitment
        file += try SealedBox.seal(contentKey, to: keyring.recoveryKey)
        file += try AEAD.sealSecret(
            keyring.encoded(), associatedData: data, key: sealingKey(contentKey))
        return file
    }

    /// Whether an escrow is a keyring's own: of its vault and generation, sealed to its recovery key. Whether
    /// it opens only the recovery key can tell.
    public static func isCurrent(_ file: [UInt8], of keyring: Keyring) -> Bool {
        var header = magic + [format] + keyring.vault.bytes
        withUnsafeBytes(of: keyring.generation.littleEndian) { header.append(contentsOf: $0) }
        return file.starts(with: header + keyring.recoveryKey.bytes)
            && file.count > headerCount + 32 + boxCount
    }

    /// Opens an escrow with the recovery key.
    ///
    /// - Throws: ``KeyError/Code/keyringDamaged`` when it was altered or the recovery key is another.
    public static func open(
        _ file: [UInt8], recoveryKey: borrowing BoxSecretKey
    ) throws(KeyError) -> Keyring {
        guard file.count > headerCount + 32 + boxCount, Array(file[..<8]) == magic,
            file[8] == format, let vault = VaultID(bytes: Array(file[9..<25]))
        else { throw KeyError(.keyringDamaged, at: "escrow: header") }
        let generation = file.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 25, as: UInt64.self))
        }
        let header = Array(file[..<headerCount])
        let commitment = Array(file[headerCount..<(headerCount + 32)])
        let box = Array(file[(headerCount + 32)..<(headerCount + 32 + boxCount)])
        do {
            let contentKey = try SealedBox.open(box, with: recoveryKey)
            guard
                ConstantTime.equals(
                    commitment, try self.commitment(to: header, contentKey: contentKey))
            else { throw CryptographyError.authenticationFailed }
            let secret = try AEAD.openSecret(
                Array(file[(headerCount + 32 + boxCount)...]),
                associatedData: associatedData(
                    vault: vault, generation: generation, commitment: commitment),
                key: sealingKey(contentKey))
            return try Keyring(decoding: secret, vault: vault, generation: generation)
        } catch {
            throw KeyError(
                .keyringDamaged, at: "escrow",
                hint: "it was altered, or the recovery key is another vault's")
        }
    }

    private static func commitment(
        to header: [UInt8], contentKey: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        let key = try KeyedHash.deriveSubkey(
            from: contentKey, context: "aitta.escrow.commitment.v1")
        return try KeyedHash.hash(header, key: key)
    }

    private static func sealingKey(
        _ contentKey: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try KeyedHash.deriveSubkey(from: contentKey, context: "aitta.escrow.seal.v1")
    }

    private static func associatedData(
        vault: VaultID, generation: UInt64, commitment: [UInt8]
    ) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.escrow.v1")
        data.append(vault.bytes)
        data.append(generation)
        data.append(commitment)
        return data
    }
}
