public import Storage
import Synchronization

/// Opened segment keys, in guarded memory: 32 bytes for each 256 records.
public final class SegmentKeyCache: Sendable {
    private struct Keys {
        var current: [SegmentID: SegmentKey] = [:]
        /// Of segments that a running rotation gave new keys, for boxes read just before.
        var previous: [SegmentID: SegmentKey] = [:]
    }

    private let keyring: @Sendable () -> Keyring
    private let store: any VaultStore
    private let maximumCount: Int
    private let keys = Mutex(Keys())

    /// Makes an empty cache of at most `maximumCount` keys.
    ///
    /// - Parameter keyring: The keyring in force.
    public init(
        store: any VaultStore, maximumCount: Int = 32768, keyring: @escaping @Sendable () -> Keyring
    ) {
        self.keyring = keyring
        self.store = store
        self.maximumCount = maximumCount
    }

    /// The key of a segment, opened when first needed.
    ///
    /// - Throws: ``KeyError/Code/segmentKeyDamaged`` when the segment is missing, damaged or of an unknown
    ///   epoch; another one where the store, or memory, failed.
    public func key(of id: SegmentID) async throws(KeyError) -> SegmentKey {
        if let key = keys.withLock({ $0.current[id] }) { return key }
        return try await reload(id)
    }

    /// The key that a segment has now, opened anew.
    public func reload(_ id: SegmentID) async throws(KeyError) -> SegmentKey {
        let stored: StoredSegment?
        do throws(StoreError) {
            stored = try await store.segment(id)
        } catch {
            if case .corrupt = error {
                throw KeyError(.segmentKeyDamaged, at: "segment \(id.number): \(error)")
            }
            throw KeyError(.storeUnreadable, at: "segment \(id.number): \(error)")
        }
        guard let stored else {
            throw KeyError(.segmentKeyDamaged, at: "segment \(id.number): missing")
        }
        let key = try SegmentKey.open(stored, keyring: keyring())
        insert(key)
        return key
    }

    /// The key that a segment had before a running rotation gave it a new one.
    public func previousKey(of id: SegmentID) -> SegmentKey? {
        keys.withLock { $0.previous[id] }
    }

    /// Keeps a key that was just made; never in the place of a later one.
    public func insert(_ key: SegmentKey) {
        keys.withLock { keys in
            if keys.current.count >= maximumCount {
                keys.current.removeAll(keepingCapacity: true)
            }
            guard let known = keys.current[key.id] else { return keys.current[key.id] = key }
            guard key.generation >= known.generation else { return }
            if key.generation > known.generation { keys.previous[key.id] = known }
            keys.current[key.id] = key
        }
    }

    /// Forgets the keys that segments had before.
    public func forgetPrevious() {
        keys.withLock { $0.previous = [:] }
    }
}
