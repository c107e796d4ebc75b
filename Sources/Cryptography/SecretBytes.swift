import CSodium

/// A secret of `count` bytes in guarded, locked memory: never copied unless asked, wiped when it
/// goes out of scope, and not printable. Reading through shared borrows is safe from any thread.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Unchecked: the slot is owned by this value alone, and writing takes exclusive access.

    /// The largest secret, in bytes: 16 KiB.
    public static let maximumCount = SizeClass.largestBytes

    /// Length in bytes.
    public private(set) var count: Int
    @usableFromInline internal private(set) var base: UnsafeMutableRawPointer
    private var slot: SecretSlot

    /// Zeros.
    ///
    /// - Throws: `inputTooLarge`, `notStarted`, `secretMemoryExhausted`, `memoryNotLocked`; so do
    ///   all initialisers.
    public init(count: Int) throws(CryptographyError) {
        slot = try SecretMemory.shared.allocate(count: count)
        base = slot.base
        self.count = count
    }

    /// Fresh random bytes.
    public init(random count: Int) throws(CryptographyError) {
        try self.init(count: count)
        randombytes_buf(base, count)
    }

    /// A copy of another secret.
    public init(copying other: borrowing SecretBytes) throws(CryptographyError) {
        try self.init(count: other.count)
        base.copyMemory(from: other.base, byteCount: count)
    }

    /// A copy of bytes that stay where they are; for memory that is a secret's own already.
    public init(copying source: UnsafeRawBufferPointer) throws(CryptographyError) {
        try self.init(count: source.count)
        UnsafeMutableRawBufferPointer(start: base, count: count).copyMemory(from: source)
    }

    /// Moves bytes in: the source is zeroed, also when this throws.
    public init(wiping source: UnsafeMutableRawBufferPointer) throws(CryptographyError) {
        defer { if let start = source.baseAddress { sodium_memzero(start, source.count) } }
        try self.init(copying: UnsafeRawBufferPointer(source))
    }

    /// Moves an array's bytes in: its storage is zeroed, also when this throws, and the array is
    /// empty. Copies that it shared its storage with are not reached.
    public init(wiping source: inout [UInt8]) throws(CryptographyError) {
        defer { Wiping.wipe(&source) }
        try self.init(count: source.count)
        source.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: base, count: bytes.count).copyMemory(from: bytes)
        }
    }

    deinit { SecretMemory.shared.release(slot) }

    /// Lends the bytes for the duration of the call; the pointer must not escape.
    @inlinable
    public borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes for writing for the duration of the call; the pointer must not escape.
    @inlinable
    public mutating func withUnsafeMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// A secret of its own with the bytes in `range`.
    ///
    /// - Throws: `rangeOutOfBounds`, or as ``init(count:)``.
    public borrowing func copy(_ range: Range<Int>) throws(CryptographyError) -> SecretBytes {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .rangeOutOfBounds }
        return try SecretBytes(
            copying: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Whether both hold the same bytes, in time that depends on the lengths alone.
    public borrowing func constantTimeEquals(_ other: borrowing SecretBytes) -> Bool {
        count == other.count && sodium_memcmp(base, other.base, count) == 0
    }

    /// Shortens the secret and wipes what is cut off.
    ///
    /// - Throws: `rangeOutOfBounds` when `newCount` is negative or beyond the count.
    public mutating func truncate(to newCount: Int) throws(CryptographyError) {
        guard newCount >= 0, newCount <= count else { throw .rangeOutOfBounds }
        sodium_memzero(base + newCount, count - newCount)
        count = newCount
    }

    /// Lengthens the secret by zeros, moving it to a larger slot where it must.
    mutating func extend(to newCount: Int) throws(CryptographyError) {
        guard newCount >= count else { throw .rangeOutOfBounds }
        if newCount > slot.capacity {
            let larger = try SecretMemory.shared.allocate(count: newCount)
            larger.base.copyMemory(from: base, byteCount: count)
            SecretMemory.shared.release(slot)
            slot = larger
            base = larger.base
        }
        count = newCount
    }
}

extension SecretBytes {
    /// The bytes as libsodium takes them; valid while the secret is borrowed.
    var pointer: UnsafePointer<UInt8> {
        UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
    }

    /// The bytes for libsodium to write to; valid while the secret is accessed.
    var mutablePointer: UnsafeMutablePointer<UInt8> {
        mutating get { base.assumingMemoryBound(to: UInt8.self) }
    }
}
