public import Cryptography
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

    /// The keyed hash by which a token is known, from the digest of its secret (docs/FORMAT.md,
    /// "Access policy").
    public func hash(
        ofToken digest: Digest32, vault: VaultID
    ) throws(KeyError) -> Digest32 {
        var message = AssociatedData()
        message.append("aitta.token.v1")
        message.append(vault.bytes)
        message.append(digest.bytes)
        do throws(CryptographyError) {
            let hash = try KeyedHash.hash(message.bytes, key: bytes)
            guard let hash = Digest32(hash) else { throw .invalidDigestLength }
            return hash
        } catch {
            throw KeyError(error, at: "token")
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

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.secret(bytes)
    }
}
