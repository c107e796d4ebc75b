import CSodium
import Synchronization

/// A place in secret memory: `capacity` bytes at `base`, zero when handed out.
struct SecretSlot: @unchecked Sendable {
    // Unchecked: a slot has one owner, which alone decides who reads and writes its bytes.
    let base: UnsafeMutableRawPointer
    let span: Int32
    let sizeClass: SizeClass

    var capacity: Int { sizeClass.bytes }
}

/// Guarded, locked memory shared by all secrets of the process: a ``Slab`` behind a lock, so that a
/// secret costs tens of nanoseconds where a `sodium_malloc` of its own costs tens of microseconds.
final class SecretMemory: Sendable {
    static let shared = SecretMemory()

    private let slab = Mutex(Slab())

    func start(lockedMemory: LockedMemoryPolicy, limitBytes: Int) throws(CryptographyError) {
        try slab.withLock { slab throws(CryptographyError) in
            try slab.start(lockedMemory: lockedMemory, limitBytes: limitBytes)
        }
    }

    /// A zeroed slot of at least `count` bytes.
    ///
    /// - Throws: `inputTooLarge`, `notStarted`, `secretMemoryExhausted`, `memoryNotLocked`.
    func allocate(count: Int) throws(CryptographyError) -> SecretSlot {
        guard let sizeClass = SizeClass(holding: count) else { throw .inputTooLarge }
        return try slab.withLock { slab throws(CryptographyError) in
            try slab.allocate(sizeClass)
        }
    }

    /// Wipes the slot and takes it back.
    func release(_ slot: SecretSlot) {
        sodium_memzero(slot.base, slot.capacity)
        slab.withLock { slab in slab.release(slot) }
    }

    var statistics: SecretMemoryStatistics { slab.withLock { slab in slab.statistics } }
}
