import KeyManagement
import Storage

/// Gives new records their seats in segments; a segment has about 256.
actor SegmentAllocator {
    private static let seatCount = 256

    private let keys: LiveKeys
    private let store: any VaultStore
    private let cache: SegmentKeyCache
    private let commits: CommitQueue
    private var current: SegmentKey?
    private var freeSeats = 0
    private var lastNumber: UInt32
    private var making: Task<Result<SegmentKey, VaultError>, Never>?
    /// The last that got a new key: one that was still being made must not be given seats.
    private var lastRetired = SegmentID(0)

    init(
        keys: LiveKeys, store: any VaultStore, cache: SegmentKeyCache, commits: CommitQueue,
        lastSegment: StoredSegment?, recordsInLast: Int
    ) throws(KeyError) {
        self.keys = keys
        self.store = store
        self.cache = cache
        self.commits = commits
        lastNumber = lastSegment?.id.number ?? 0
        if let lastSegment, recordsInLast < Self.seatCount {
            let key = try SegmentKey.open(lastSegment, keyring: keys.current.keyring)
            cache.insert(key)
            current = key
            freeSeats = Self.seatCount - recordsInLast
        }
    }

    /// The key of the segment that a new record belongs to.
    func seat() async throws(VaultError) -> SegmentKey {
        while true {
            if freeSeats > 0, let current {
                freeSeats -= 1
                return current
            }
            let making = self.making ?? begin()
            let made = await making.value
            if self.making == making {
                self.making = nil
                let key = try made.get()
                guard key.id.number > lastRetired.number else { continue }
                current = key
                freeSeats = Self.seatCount
            } else if case .failure(let error) = made {
                throw error
            }
        }
    }

    /// Lets no further record into a segment that is about to get a new key.
    func retire(_ segment: SegmentID) {
        lastRetired = SegmentID(max(lastRetired.number, segment.number))
        if current?.id == segment { current = nil }
    }

    private func begin() -> Task<Result<SegmentKey, VaultError>, Never> {
        lastNumber += 1
        let id = SegmentID(lastNumber)
        let task = Task { await make(id) }
        making = task
        return task
    }

    private nonisolated func make(_ id: SegmentID) async -> Result<SegmentKey, VaultError> {
        while true {
            do {
                let keys = keys.current
                let (key, stored) = try SegmentKey.make(id, keyring: keys.keyring)
                let commit = Commit(
                    mutation: Mutation(writes: [.putSegment(stored)]),
                    keys: KeyUse(version: keys.number))
                switch await commits.commit([commit])[0] {
                case .committed:
                    cache.insert(key)
                    return .success(key)
                case .failed(let error): return .failure(VaultError(error))
                // A rotation put another KEK in force: wrapped under the old one it would be lost.
                default: continue
                }
            } catch {
                return .failure(VaultError(.notReady, detail: "no memory for a segment key"))
            }
        }
    }
}
