public import Cryptography

/// The keyring as a file: sealed by the root key, committed to it (docs/FORMAT.md, "Keyring").
public enum KeyringFile {
    private static let magic = Array("AITTAKRG".utf8)
    private static let format: UInt8 = 1
    private static let headerCount = 33

    /// Seals a keyring.
    public static func seal(
        _ keyring: Keyring, rootKey: RootKey
    ) throws(CryptographyError) -> [UInt8] {
        var file = magic + [format] + keyring.vault.bytes
        withUnsafeBytes(of: keyring.generation.littleEndian) { file.append(contentsOf: $0) }
        let commitment = try rootKey.commitment(to: file)
        let data = associatedData(
            vault: keyring.vault, generation: keyring.generation, commitment: commitment)
        file += commitment
        file += try rootKey.seal(keyring.encoded(), associatedData: data)
        return file
    }

    /// Opens a keyring.
    ///
    /// - Throws: ``KeyError/Code/wrongRootKey`` when another root key sealed it,
    ///   ``KeyError/Code/keyringDamaged`` when it was altered, ``KeyError/Code/keyringOfOtherVault``.
    public static func open(
        _ file: [UInt8], rootKey: RootKey, vault: VaultID
    ) throws(KeyError) -> Keyring {
        guard file.count > headerCount + 32, Array(file[..<8]) == magic, file[8] == format,
            let id = VaultID(bytes: Array(file[9..<25]))
        else { throw KeyError(.keyringDamaged, at: "keyring: header") }
        guard id == vault else {
            throw KeyError(
                .keyringOfOtherVault, at: "keyring",
                hint: "it belongs to vault \(id); the state directory to \(vault)")
        }
        let generation = file.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 25, as: UInt64.self))
        }
        let commitment = Array(file[headerCount..<(headerCount + 32)])
        do {
            guard
                ConstantTime.equals(
                    commitment, try rootKey.commitment(to: Array(file[..<headerCount])))
            else {
                throw KeyError(
                    .wrongRootKey, at: "keyring",
                    hint:
                        "either the root key is another vault's or the keyring's header was altered"
                )
            }
            let secret = try rootKey.open(
                Array(file[(headerCount + 32)...]),
                associatedData: associatedData(
                    vault: vault, generation: generation, commitment: commitment))
            return try Keyring(decoding: secret, vault: vault, generation: generation)
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError(.keyringDamaged, at: "keyring: sealed part")
        }
    }

    private static func associatedData(
        vault: VaultID, generation: UInt64, commitment: [UInt8]
    ) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.keyring.v1")
        data.append(vault.bytes)
        data.append(generation)
        data.append(commitment)
        return data
    }
}
