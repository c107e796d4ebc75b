public import Storage
import Synchronization

/// Opened segment keys, in guarded memory: 32 bytes for each 256 records.
public final class SegmentKeyCache: Sendable {
    private let keyring: Keyring
    private let store: any VaultStore
    private let maximumCount: Int
    private let keys = Mutex<[SegmentID: SegmentKey]>([:])

    /// Makes an empty cache of at most `maximumCount` keys.
    public init(keyring: Keyring, store: any VaultStore, maximumCount: Int = 32768) {
        self.keyring = keyring
        self.store = store
        self.maximumCount = maximumCount
    }

    /// The key of a segment, opened when first needed.
    ///
    /// - Throws: ``KeyError`` when the segment is missing, damaged or of an unknown epoch.
    public func key(of id: SegmentID) async throws(KeyError) -> SegmentKey {
        if let key = keys.withLock({ $0[id] }) { return key }
        let stored: StoredSegment?
        do throws(StoreError) {
            stored = try await store.segment(id)
        } catch {
            throw KeyError(.segmentKeyDamaged, at: "segment \(id.number): \(error)")
        }
        guard let stored else {
            throw KeyError(.segmentKeyDamaged, at: "segment \(id.number): missing")
        }
        let key = try SegmentKey.open(stored, keyring: keyring)
        insert(key)
        return key
    }

    /// Keeps a key that was just made.
    public func insert(_ key: SegmentKey) {
        keys.withLock { keys in
            if keys.count >= maximumCount { keys.removeAll(keepingCapacity: true) }
            keys[key.id] = key
        }
    }
}
