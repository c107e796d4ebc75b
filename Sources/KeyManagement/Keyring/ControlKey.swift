import Cryptography
public import Storage

/// Authenticates control data that lies beside the records: tombstones.
public final class ControlKey: Sendable {
    private static let tombstoneFormat: UInt8 = 1
    private let bytes: SecretBytes

    init(bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// A tombstone's body (docs/FORMAT.md, "Tombstone").
    public func tombstone(
        of record: RecordID, erasedAtMilliseconds: Int64, vault: VaultID
    ) throws(KeyError) -> [UInt8] {
        var body: [UInt8] = [Self.tombstoneFormat]
        withUnsafeBytes(of: erasedAtMilliseconds.littleEndian) { body.append(contentsOf: $0) }
        body += try mac(of: body, record: record, vault: vault)
        return body
    }

    /// When the record was erased, in Unix milliseconds; `nil` if the tombstone is not ours.
    public func erasedAtMilliseconds(
        tombstone: [UInt8], of record: RecordID, vault: VaultID
    ) throws(KeyError) -> Int64? {
        guard tombstone.count == 41, tombstone[0] == Self.tombstoneFormat else { return nil }
        let body = [UInt8](tombstone[..<9])
        guard
            ConstantTime.equals(
                [UInt8](tombstone[9...]), try mac(of: body, record: record, vault: vault))
        else { return nil }
        return body.withUnsafeBytes {
            Int64(littleEndian: $0.loadUnaligned(fromByteOffset: 1, as: Int64.self))
        }
    }

    private func mac(
        of body: [UInt8], record: RecordID, vault: VaultID
    ) throws(KeyError) -> [UInt8] {
        var message = AssociatedData()
        message.append("aitta.tombstone.v1")
        message.append(vault.bytes)
        message.append(record.bytes)
        message.append(body)
        do throws(CryptographyError) {
            return try KeyedHash.hash(message.bytes, key: bytes)
        } catch {
            throw KeyError(error, at: "tombstone")
        }
    }

    /// The key that hashes tokens.
    public func tokenKey() throws(KeyError) -> TokenKey {
        do throws(CryptographyError) {
            let key = try KeyedHash.deriveSubkey(from: bytes, context: "aitta.token-key.v1")
            return TokenKey(bytes: key)
        } catch {
            throw KeyError(error, at: "token")
        }
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.secret(bytes)
    }
}

extension Keyring {
    /// When a record was erased, in Unix milliseconds; `nil` if the tombstone is not ours.
    public func erasedAtMilliseconds(
        tombstone: [UInt8], of record: RecordID
    ) throws(KeyError) -> Int64? {
        for keys in keySets.reversed() {
            let found = try keys.controlKey.erasedAtMilliseconds(
                tombstone: tombstone, of: record, vault: vault)
            if let found { return found }
        }
        return nil
    }
}
