import KeyManagement
import Storage

/// Gives new records their seats in segments; a segment has about 256.
actor SegmentAllocator {
    private static let seatCount = 256

    private let keyring: Keyring
    private let store: any VaultStore
    private let cache: SegmentKeyCache
    private let commits: CommitQueue
    private var current: SegmentKey?
    private var freeSeats = 0
    private var lastNumber: UInt32
    private var making: Task<Result<SegmentKey, VaultError>, Never>?

    init(
        keyring: Keyring, store: any VaultStore, cache: SegmentKeyCache, commits: CommitQueue,
        lastSegment: StoredSegment?, recordsInLast: Int
    ) throws(KeyError) {
        self.keyring = keyring
        self.store = store
        self.cache = cache
        self.commits = commits
        lastNumber = lastSegment?.id.number ?? 0
        if let lastSegment, recordsInLast < Self.seatCount {
            let key = try SegmentKey.open(lastSegment, keyring: keyring)
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
                current = key
                freeSeats = Self.seatCount
            } else if case .failure(let error) = made {
                throw error
            }
        }
    }

    private func begin() -> Task<Result<SegmentKey, VaultError>, Never> {
        lastNumber += 1
        let id = SegmentID(lastNumber)
        let task = Task { await make(id) }
        making = task
        return task
    }

    private nonisolated func make(_ id: SegmentID) async -> Result<SegmentKey, VaultError> {
        do {
            let (key, stored) = try SegmentKey.make(id, keyring: keyring)
            let commit = Commit(mutation: Mutation(writes: [.putSegment(stored)]))
            if case .failed(let error) = await commits.commit([commit])[0] {
                return .failure(VaultError(error))
            }
            cache.insert(key)
            return .success(key)
        } catch {
            return .failure(VaultError(.notReady, detail: "no memory for a segment key"))
        }
    }
}
