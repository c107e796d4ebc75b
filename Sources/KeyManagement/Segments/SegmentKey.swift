public import Cryptography
public import Storage

/// The key of a segment: seals the key boxes of about 256 records.
public final class SegmentKey: Sendable {
    /// The segment.
    public let id: SegmentID
    /// The generation of the key.
    public let generation: UInt64
    /// The epoch of the KEK that wrapped it when it was opened or made.
    public let epoch: UInt64
    let bytes: SecretBytes

    init(id: SegmentID, generation: UInt64, epoch: UInt64, bytes: consuming SecretBytes) {
        self.id = id
        self.generation = generation
        self.epoch = epoch
        self.bytes = bytes
    }

    /// A new random key for a segment, and its wrapped form to be stored.
    public static func make(
        _ id: SegmentID, keyring: Keyring
    ) throws(CryptographyError) -> (key: SegmentKey, stored: StoredSegment) {
        let bytes = try SecretBytes(random: AEAD.keyCount)
        let wrapped = try keyring.kek.wrap(bytes, segment: id, generation: 1, vault: keyring.vault)
        let key = SegmentKey(
            id: id, generation: 1, epoch: keyring.kek.epoch, bytes: bytes)
        return (
            key,
            StoredSegment(
                id: id, generation: 1, epoch: keyring.kek.epoch, dirtySince: 0, wrapped: wrapped)
        )
    }

    /// A new random key for a segment that has one, wrapped under the newest KEK.
    ///
    /// - Parameter clearsDirt: Whether the mark of before the newest epoch goes: all that was removed since the
    ///   old index key was made is then in no index whose key lives on.
    public static func renew(
        _ stored: StoredSegment, keyring: Keyring, clearsDirt: Bool
    ) throws(KeyError) -> (key: SegmentKey, stored: StoredSegment) {
        do throws(CryptographyError) {
            let bytes = try SecretBytes(random: AEAD.keyCount)
            let generation = stored.generation + 1
            let wrapped = try keyring.kek.wrap(
                bytes, segment: stored.id, generation: generation, vault: keyring.vault)
            let isCleared = clearsDirt && stored.dirtySince < keyring.kek.epoch
            return (
                SegmentKey(
                    id: stored.id, generation: generation, epoch: keyring.kek.epoch,
                    bytes: bytes),
                StoredSegment(
                    id: stored.id, generation: generation, epoch: keyring.kek.epoch,
                    dirtySince: isCleared ? 0 : stored.dirtySince, wrapped: wrapped)
            )
        } catch {
            throw KeyError(error, at: "segment \(stored.id.number)")
        }
    }

    /// The segment with the same key wrapped under the newest KEK.
    public static func rewrap(
        _ stored: StoredSegment, keyring: Keyring
    ) throws(KeyError) -> StoredSegment {
        let key = try open(stored, keyring: keyring)
        do throws(CryptographyError) {
            var segment = stored
            segment.epoch = keyring.kek.epoch
            segment.wrapped = try keyring.kek.wrap(
                key.bytes, segment: stored.id, generation: stored.generation,
                vault: keyring.vault)
            return segment
        } catch {
            throw KeyError(error, at: "segment \(stored.id.number)")
        }
    }

    /// Opens a stored segment's key with the KEK of its epoch.
    ///
    /// - Throws: ``KeyError/Code/segmentKeyDamaged``, also when the keyring has no KEK of that
    ///   epoch.
    public static func open(
        _ stored: StoredSegment, keyring: Keyring
    ) throws(KeyError) -> SegmentKey {
        let place = "segment \(stored.id.number)"
        guard let kek = keyring.kek(ofEpoch: stored.epoch) else {
            throw KeyError(
                .segmentKeyDamaged, at: place,
                hint: "the keyring has no key of epoch \(stored.epoch)")
        }
        do throws(CryptographyError) {
            let bytes = try kek.unwrap(stored, vault: keyring.vault)
            return SegmentKey(
                id: stored.id, generation: stored.generation, epoch: stored.epoch,
                bytes: bytes)
        } catch {
            guard error == .authenticationFailed else { throw KeyError(error, at: place) }
            throw KeyError(.segmentKeyDamaged, at: place)
        }
    }
}
