import Cryptography
import Storage

/// The KEK of one epoch: wraps segment keys and the vault-level box.
public final class KeyEncryptionKey: Sendable {
    /// The epoch's number, from 1.
    public let epoch: UInt64
    /// When it was made, in Unix seconds.
    public let createdSeconds: Int64
    private let bytes: SecretBytes

    init(epoch: UInt64, createdSeconds: Int64, bytes: consuming SecretBytes) {
        self.epoch = epoch
        self.createdSeconds = createdSeconds
        self.bytes = bytes
    }

    func write(to writer: inout SecretWriter) throws(CryptographyError) {
        try writer.integer(epoch)
        try writer.integer(UInt64(bitPattern: createdSeconds))
        try writer.secret(bytes)
    }

    /// Wraps a segment's key (docs/FORMAT.md, "Segment key").
    func wrap(
        _ key: borrowing SecretBytes, segment: SegmentID, generation: UInt64, vault: VaultID
    ) throws(CryptographyError) -> [UInt8] {
        try AEAD.sealSecret(
            key,
            associatedData: .segment(segment, generation: generation, epoch: epoch, vault: vault),
            key: bytes)
    }

    /// Unwraps a segment's key.
    func unwrap(
        _ segment: StoredSegment, vault: VaultID
    ) throws(CryptographyError) -> SecretBytes {
        let key = try AEAD.openSecret(
            segment.wrapped,
            associatedData: .segment(
                segment.id, generation: segment.generation, epoch: segment.epoch, vault: vault),
            key: bytes)
        guard key.count == AEAD.keyCount else { throw .authenticationFailed }
        return key
    }

    func seal(
        _ secret: borrowing SecretBytes, associatedData: AssociatedData
    ) throws(CryptographyError) -> [UInt8] {
        try AEAD.sealSecret(secret, associatedData: associatedData, key: bytes)
    }

    func open(
        _ sealed: [UInt8], associatedData: AssociatedData
    ) throws(CryptographyError) -> SecretBytes {
        try AEAD.openSecret(sealed, associatedData: associatedData, key: bytes)
    }
}

extension AssociatedData {
    fileprivate static func segment(
        _ segment: SegmentID, generation: UInt64, epoch: UInt64, vault: VaultID
    ) -> AssociatedData {
        var data = AssociatedData()
        data.append("aitta.segment.v1")
        data.append(vault.bytes)
        data.append(UInt64(segment.number))
        data.append(generation)
        data.append(epoch)
        return data
    }
}
