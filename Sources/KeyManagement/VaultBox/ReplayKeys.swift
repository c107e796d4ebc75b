import Cryptography
public import Storage

/// Keys of the idempotency rows (docs/FORMAT.md, "Idempotency row").
public final class ReplayKeys: Sendable {
    private let vault: VaultID
    private let addressKey: SecretBytes
    private let sealingKey: SecretBytes
    private let digestKey: SecretBytes

    init(from dek: borrowing SecretBytes, vault: VaultID) throws(CryptographyError) {
        self.vault = vault
        addressKey = try KeyedHash.deriveSubkey(from: dek, context: "aitta.replay.key.v1")
        sealingKey = try KeyedHash.deriveSubkey(from: dek, context: "aitta.replay.seal.v1")
        digestKey = try KeyedHash.deriveSubkey(from: dek, context: "aitta.replay.digest.v1")
    }

    /// The address of a row: 16 bytes.
    ///
    /// - Parameter token: The id of the token under which the caller asked; empty without one.
    public func address(
        uid: UInt32, token: String, route: String, idempotencyKey: String
    ) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append(UInt64(uid))
        message.append(token)
        message.append(route)
        message.append(idempotencyKey)
        do throws(CryptographyError) {
            return try KeyedHash.hash(message.bytes, key: addressKey, count: 16)
        } catch {
            throw KeyError(error, at: "idempotency row")
        }
    }

    /// The digest of a request's body: 32 bytes.
    public func digest(of body: [UInt8]) throws(KeyError) -> [UInt8] {
        do throws(CryptographyError) {
            return try KeyedHash.hash(body, key: digestKey)
        } catch {
            throw KeyError(error, at: "idempotency row")
        }
    }

    /// Seals an outcome.
    public func seal(
        digest: [UInt8], outcome: [UInt8], address: [UInt8], expiresAtSeconds: Int64
    ) throws(KeyError) -> StoredReplay {
        do throws(CryptographyError) {
            var content = digest + outcome
            try Padding.values.pad(&content)
            let sealed = try AEAD.seal(
                content, associatedData: associatedData(address), key: sealingKey)
            return StoredReplay(
                key: address, expiresAtSeconds: expiresAtSeconds, sealed: sealed)
        } catch {
            throw KeyError(error, at: "idempotency row")
        }
    }

    /// Opens an outcome: the body's digest and what was answered.
    public func open(
        _ replay: StoredReplay
    ) throws(KeyError) -> (digest: [UInt8], outcome: [UInt8]) {
        do throws(CryptographyError) {
            var content = try AEAD.open(
                replay.sealed, associatedData: associatedData(replay.key), key: sealingKey)
            try Padding.values.unpad(&content)
            guard content.count >= 32 else { throw CryptographyError.authenticationFailed }
            return (Array(content[..<32]), Array(content[32...]))
        } catch {
            throw KeyError(.stateDamaged, at: "idempotency row")
        }
    }

    private func associatedData(_ address: [UInt8]) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.replay.v1")
        data.append(vault.bytes)
        data.append(address)
        return data
    }
}
